import { REALM_KIND, REPORT_LIMIT, type TestCode } from "../wire";
import type { Realm } from "./realms";

/** What a test may take before it calls the program, in wall milliseconds; and by itself in all. */
export const TEST_LIMIT_MS = 10_000;

/** The program as a test knows it. */
interface Program {
  readonly preamble: string;
  readonly entryPoint: string | null;
  readonly timeLimitMs: number;
}

/** What a trial tells of. */
export interface TrialListener {
  /** The test calls the program: the program's clock starts anew. */
  onCall(): void;
  /** The test is over: JSON text of what checker.py says. `clean`: whether the program waits for nothing. */
  onJudged(text: string, clean: boolean): void;
  /** The program's realm said something else than an answer. */
  onProgramEnd(kind: string, text: string): void;
  /** The checker's realm said something else than a question. */
  onCheckerEnd(kind: string): void;
}

/**
 * One test at a time, run by the checker's realm on the program's: hands their messages to and fro, one capped text at a time. The
 * two never share a port, and only the checker's realm is told the test.
 */
export class Trial {
  readonly #program: Program;
  readonly #realm: Realm;
  readonly #listener: TrialListener;
  /** Whether the program's realm is at work on a question, or waits for an answer to one of its own. */
  #busy = false;
  /** Whether the next word is the program's. */
  isProgramsTurn = false;
  /** Calls of the program so far; what runs too long before the first is the test. */
  calls = 0;

  constructor(
    program: Program,
    realm: Realm,
    readonly checker: Realm,
    listener: TrialListener,
  ) {
    this.#program = program;
    this.#realm = realm;
    this.#listener = listener;
    checker.onMessage = (kind, text) => this.#onChecker(kind, text);
  }

  /** Begins a test; the program is loaded. */
  begin({ setup, assertion }: TestCode): void {
    this.#realm.onMessage = (kind, text) => this.#onProgram(kind, text);
    const { preamble, entryPoint } = this.#program;
    this.calls = 0;
    this.isProgramsTurn = false;
    const request = JSON.stringify({ preamble, entryPoint, setup, assertion });
    this.checker.tell({ do: "test", request, timeLimitMs: TEST_LIMIT_MS });
  }

  #onChecker(kind: string, text: string): void {
    if (kind === REALM_KIND.report) this.#listener.onJudged(text, !this.#busy);
    else if (kind !== REALM_KIND.asked) this.#listener.onCheckerEnd(kind);
    else this.#ask(text);
  }

  /** The first character of a question says whether it is a call. */
  #ask(text: string): void {
    const question = text.slice(1);
    if (text.startsWith(CALL)) {
      this.calls++;
      if (!this.#busy) this.#listener.onCall();
    }
    if (this.#busy) this.#realm.tell({ do: "answer", text: question });
    else this.#realm.tell({ do: "item", request: question, timeLimitMs: this.#program.timeLimitMs });
    this.#busy = true;
    this.isProgramsTurn = true;
  }

  #onProgram(kind: string, text: string): void {
    const isAnswer = kind === REALM_KIND.report || kind === REALM_KIND.asked;
    if (text.length > REPORT_LIMIT) this.#listener.onProgramEnd(REALM_KIND.outputLimit, "");
    else if (!isAnswer) this.#listener.onProgramEnd(kind, text);
    else {
      this.#busy = kind === REALM_KIND.asked;
      this.isProgramsTurn = false;
      this.checker.tell({ do: "answer", text });
    }
  }
}

const CALL = "!";
