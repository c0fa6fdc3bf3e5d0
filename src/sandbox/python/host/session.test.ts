import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CandidateJob, FromSupervisor, RealmFiles, ToSupervisor } from "../wire";
import { PythonSession } from "./session";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const FILES: RealmFiles = {
  wasm: new ArrayBuffer(0),
  script: new ArrayBuffer(0),
  stdlib: new ArrayBuffer(0),
  snapshot: null,
};
const JOB: CandidateJob = {
  preamble: "",
  code: "print(1)",
  entryPoint: null,
  work: { kind: "programs", inputs: [""] },
  timeLimitMs: 1_000,
};

/** The port of a frame whose supervisor answers by a script. */
function framePort(answer: (message: ToSupervisor, say: (message: FromSupervisor) => void) => void): MessagePort {
  let listener: (event: { data: FromSupervisor }) => void = () => {};
  const say = (data: FromSupervisor) => queueMicrotask(() => listener({ data }));
  const port = {
    set onmessage(listen: typeof listener) {
      listener = listen;
      say({ type: "ready" });
    },
    postMessage: (message: ToSupervisor) => answer(message, say),
    close() {},
  };
  return port as unknown as MessagePort;
}

/** A supervisor that installs at once and answers pings while `alive`; jobs and checks are up to `work`. */
function open(work: (message: ToSupervisor, say: (message: FromSupervisor) => void) => void, frame = { alive: true }) {
  const port = framePort((message, say) => {
    if (!frame.alive) return;
    if (message.type === "install") say({ type: "installed", fromSnapshot: false });
    else if (message.type === "ping") say({ type: "pong" });
    else work(message, say);
  });
  return PythonSession.open(port, FILES, 1);
}

describe("a frame's pulse", () => {
  it("lets a program wait for its interpreter as long as there is one, and ends it when it stops", async () => {
    const frame = { alive: true };
    const session = await open(() => {}, frame);
    let reason = "";
    const ran = session.run(JOB).then((outcome) => {
      reason = outcome.reason;
    });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(reason).toBe("");
    frame.alive = false;
    await vi.advanceTimersByTimeAsync(9_000);
    expect(reason).toBe("");
    await vi.advanceTimersByTimeAsync(5_000);
    await ran;
    expect(reason).toBe("silent");
  });

  it("that is not there while it installs is the end of that", async () => {
    const opened = expect(
      PythonSession.open(
        framePort(() => {}),
        FILES,
        1,
      ),
    ).rejects.toMatchObject({
      code: "sandbox/no-realm",
    });
    await vi.advanceTimersByTimeAsync(15_000);
    await opened;
  });
});

describe("a test", () => {
  const TESTS: CandidateJob = { ...JOB, work: { kind: "tests", tests: [{ setup: "", assertion: "assert f()" }] } };

  it("has a time of its own before it calls the program, and the program's from each call on", async () => {
    let begin: (limitMs?: number) => void = () => {};
    const stopped: number[] = [];
    const session = await open((message, say) => {
      if (message.type === "run") {
        begin = (limitMs) => say({ type: "begin", job: message.job, index: 0, ...(limitMs ? { limitMs } : {}) });
      }
      if (message.type !== "stop") return;
      stopped.push(message.index);
      say({ type: "end", job: message.job, reason: "timeout", index: 0, ms: 300 });
    });
    const asked = session.run(TESTS);
    begin(10_000);
    await vi.advanceTimersByTimeAsync(9_000);
    begin();
    await vi.advanceTimersByTimeAsync(1_000);
    begin();
    await vi.advanceTimersByTimeAsync(1_099);
    expect(stopped).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect((await asked).reason).toBe("timeout");
    expect(stopped).toEqual([0]);
  });

  it("is called off where it waits", async () => {
    const heard: string[] = [];
    const session = await open((message) => heard.push(message.type));
    const abort = new AbortController();
    const asked = session.run(TESTS, abort.signal);
    abort.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    expect(heard).toEqual(["run", "cancel"]);
  });
});
