import { readFileSync } from "node:fs";
import { loadPyodide, type PyodideInterface } from "pyodide";
import type { CandidateJob } from "../wire";
import type { CandidateOutcome, CandidateReport, PythonExecutor } from "./executor";

type Function = (argument: string) => string;

/** The Python modules of both interpreters. */
const MODULES = ["tagged.py", "recordable.py", "checker.py", "candidate.py"];

/**
 * The executor without its sandbox, for tests in Node: two plain interpreters in this very process. It has no time limit
 * and is not rewound between programs, so only programs that mean well may run in it.
 */
export class UnguardedExecutor implements PythonExecutor {
  readonly #candidate: PyodideInterface;
  readonly #handle: Function;
  readonly #checker: PyodideInterface;

  private constructor(candidate: PyodideInterface, checker: PyodideInterface) {
    this.#candidate = candidate;
    this.#handle = candidate.runPython("import candidate; candidate.handle") as Function;
    this.#checker = checker;
  }

  static async start(): Promise<UnguardedExecutor> {
    return new UnguardedExecutor(await startPython(), await startPython());
  }

  async run({ work, timeLimitMs, ...program }: CandidateJob): Promise<CandidateOutcome> {
    if (work.kind === "programs")
      return { load: null, items: work.inputs.map((input) => this.#program(program, input)) };
    const load = this.#ask({ do: "load", ...program });
    if ((load.report.kind as string) !== "loaded") return { load: load.report, items: [] };
    if (work.kind === "calls")
      return { load: null, items: work.calls.map((call) => this.#ask({ do: "call", ...call })) };
    return { load: null, items: work.assertions.map((assertion) => this.#ask({ do: "assert", assertion })) };
  }

  async check(name: string, argument: string): Promise<string> {
    return (this.#checker.runPython(`import checker; checker.${name}`) as Function)(argument);
  }

  async warm(): Promise<void> {}

  close(): void {}

  #ask(request: object): { report: CandidateReport; ms: number } {
    const start = performance.now();
    const report = JSON.parse(this.#handle(JSON.stringify(request))) as CandidateReport;
    return { report, ms: performance.now() - start };
  }

  #program(program: object, input: string): { report: CandidateReport; ms: number } {
    const decoder = new TextDecoder();
    let stdout = "";
    let rest = new TextEncoder().encode(input);
    this.#candidate.setStdin({
      read: (buffer) => {
        const part = rest.subarray(0, buffer.length);
        buffer.set(part);
        rest = rest.subarray(part.length);
        return part.length;
      },
    });
    this.#candidate.setStdout({
      write: (bytes) => {
        stdout += decoder.decode(bytes, { stream: true });
        return bytes.length;
      },
    });
    this.#candidate.runPython(
      "import sys; sys.stdin = open(0, closefd=False); sys.stdout = open(1, 'w', closefd=False)",
    );
    const { report, ms } = this.#ask({ do: "program", ...program });
    return { report: (report.kind as string) === "finished" ? { kind: "output", stdout } : report, ms };
  }
}

/** An interpreter with the executor's modules. */
export async function startPython(): Promise<PyodideInterface> {
  const python = await loadPyodide({ stdout: () => {}, stderr: () => {} });
  python.FS.mkdirTree("/modules");
  for (const name of MODULES) {
    python.FS.writeFile(`/modules/${name}`, readFileSync(new URL(`../source/${name}`, import.meta.url)));
  }
  python.runPython("import sys; sys.path.insert(0, '/modules')");
  return python;
}
