import type { Language } from "../core/problem";
import type { Verdict } from "../core/verdict";
import type { CodeRunner, JudgeRequest } from "../ports/code-runner";
import type { Preparation } from "../ports/experiment-runner";
import type { RealmHost } from "./frame/realm-host";
import { JavaScriptRunner } from "./javascript/host/javascript-runner";
import { PyodideExecutor } from "./python/host/pyodide-executor";
import { PythonRunner } from "./python/host/python-runner";

/** The runner of one language, with its sandbox. */
export interface LanguageRunner extends CodeRunner {
  /**
   * Opens the sandbox before the first program comes; tells of a download. @throws LabError `sandbox/*` when there is
   * none to be had.
   */
  warm(onPreparation?: (preparation: Preparation) => void): Promise<void>;
  /** Removes the sandbox. */
  close(): void;
}

/**
 * One {@link CodeRunner} for all languages. The runner of a language is made when its first program comes: Python is
 * a download.
 */
export class LanguageRunners implements CodeRunner {
  readonly #create: Readonly<Record<Language, () => LanguageRunner>>;
  readonly #runners = new Map<Language, LanguageRunner>();

  constructor(create: Readonly<Record<Language, () => LanguageRunner>>) {
    this.#create = create;
  }

  judge(request: JudgeRequest, signal?: AbortSignal): Promise<readonly Verdict[]> {
    return this.#of(request.language).judge(request, signal);
  }

  /** See {@link LanguageRunner.warm}. */
  warm(language: Language, onPreparation?: (preparation: Preparation) => void): Promise<void> {
    return this.#of(language).warm(onPreparation);
  }

  /** Removes all sandboxes; a later program opens its own anew. */
  close(): void {
    for (const runner of this.#runners.values()) runner.close();
    this.#runners.clear();
  }

  #of(language: Language): LanguageRunner {
    const runner = this.#runners.get(language) ?? this.#create[language]();
    this.#runners.set(language, runner);
    return runner;
  }
}

/**
 * The sandboxes of a {@link RealmHost}, behind one runner.
 * @param options.baseUrl where the app lies, with a slash at its end: Python is loaded from there.
 */
export function createRunners(host: RealmHost, { baseUrl }: { readonly baseUrl: string }): LanguageRunners {
  return new LanguageRunners({
    javascript: () => new JavaScriptRunner(host),
    python: () => new PythonRunner(new PyodideExecutor(host, { baseUrl })),
  });
}
