import { readFileSync } from "node:fs";
import { loadPyodide, type PyodideInterface } from "pyodide";
import type { CandidateJob, TestCode } from "../wire";
import type { CandidateItem, CandidateOutcome, CandidateProgram, CandidateReport, PythonExecutor } from "./executor";

type Function = (argument: string) => string;

/** The Python modules of both interpreters. */
const MODULES = ["tagged.py", "references.py", "live.py", "test_source.py", "checker.py", "candidate.py"];

/**
 * The executor without its sandbox, for tests in Node: two plain interpreters in this very process. It has no time limit
 * and is not rewound between programs, so only programs that mean well may run in it.
 */
export class UnguardedExecutor implements PythonExecutor {
  readonly #candidate: PyodideInterface;
  readonly #handle: Function;
  readonly #judge: Function;

  private constructor(candidate: PyodideInterface, checker: PyodideInterface) {
    this.#candidate = candidate;
    this.#handle = candidate.runPython("import candidate; candidate.handle") as Function;
    this.#judge = checker.runPython("import checker; checker.judge") as Function;
    const answer = checker.runPython(ANSWER) as Function;
    setExchange(checker, (text) => this.onQuestion(text.slice(1)));
    setExchange(candidate, answer);
    // Once, and not each time: it is the candidate's, and a program may have put something else in its place.
    candidate.setStdin({ stdin: () => null });
  }

  /** What the program answers to a question of a test, and what it has written meanwhile. */
  onQuestion = (text: string): string => {
    let stdout = "";
    const decoder = new TextDecoder();
    this.#candidate.setStdout({
      write: (bytes) => {
        stdout += decoder.decode(bytes, { stream: true });
        return bytes.length;
      },
    });
    const answer = this.#handle(text);
    return stdout === "" ? answer : `["out",${JSON.stringify(stdout)},${JSON.stringify(answer)}]`;
  };

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
    return { load: null, items: work.tests.map((test) => this.#test({ ...program, ...test })) };
  }

  async warm(): Promise<void> {}

  close(): void {}

  #ask(request: object): { report: CandidateReport; ms: number } {
    const start = performance.now();
    const report = JSON.parse(this.#handle(JSON.stringify(request))) as CandidateReport;
    return { report, ms: performance.now() - start };
  }

  /** What the checker says of a test when it has to be run again for every question. */
  async rounds({ timeLimitMs: _, ...program }: CandidateProgram, test: TestCode): Promise<string> {
    this.#ask({ do: "load", ...program });
    const answers: string[] = [];
    for (;;) {
      const outcome = this.#judge(JSON.stringify({ ...program, ...test, answers }));
      const { kind, text } = JSON.parse(outcome);
      if (kind !== "ask") return outcome;
      answers.push(this.onQuestion(text.slice(1)));
    }
  }

  #test(request: object): CandidateItem {
    const start = performance.now();
    const outcome = this.#judge(JSON.stringify(request));
    return { report: { kind: "judged", outcome }, ms: performance.now() - start };
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

/** Answers a question that the program asks in the middle of a call: here both sides are on one stack. */
const ANSWER = `
import checker
lambda text: checker.running[-1].answer(text)
`;

/** How an interpreter reaches the other one. */
function setExchange(python: PyodideInterface, exchange: Function): void {
  (python.runPython("import live\ndef put(exchange): live.exchange = exchange\nput") as (exchange: Function) => void)(
    exchange,
  );
}
