import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { JudgeRequest } from "../../../ports/code-runner";
import type { RealmHost } from "../../frame/realm-host";
import type { FromSupervisor, ToSupervisor } from "../wire";
import { JavaScriptRunner } from "./javascript-runner";

/** What a scripted supervisor does with a message; `frame` counts the frames opened so far, from 1. */
type Script = (message: ToSupervisor, reply: (message: FromSupervisor) => void, frame: number) => void;

type Listener = (event: { data: FromSupervisor }) => void;

/** A window whose frames follow a script, to show the runner what a real frame does only on its worst days. */
class ScriptedHost implements RealmHost {
  opened = 0;
  closed = 0;
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  async openRealmPort(): Promise<MessagePort> {
    const frame = ++this.opened;
    const script = this.#script;
    let listener: Listener = () => {};
    const reply = (data: FromSupervisor) => queueMicrotask(() => listener({ data }));
    const port = {
      set onmessage(listen: Listener) {
        listener = listen;
        reply({ type: "ready" });
      },
      postMessage: (message: ToSupervisor) => script(message, reply, frame),
      close() {},
    };
    return port as unknown as MessagePort;
  }

  closeRealm(): void {
    this.closed++;
  }
}

/** A supervisor that returns each call's first argument, except for programs that another script takes care of. */
const echo: Script = (message, reply) => {
  if (message.type !== "run") return;
  const { job, inputs } = message;
  reply({ type: "begin", job, index: -1 });
  inputs.forEach((input, index) => {
    reply({ type: "begin", job, index });
    reply({ type: "report", job, index, ms: 1, text: `["value",${JSON.stringify(JSON.parse(input)[0])}]` });
  });
  reply({ type: "end", job, reason: "done", index: inputs.length, ms: 0 });
};

const request = (code: string, count = 1): JudgeRequest => ({
  language: "javascript",
  code,
  entryPoint: "solve",
  tests: Array.from({ length: count }, (_, i) => ({ input: [i], expected: i })),
});
const names = (verdicts: readonly { verdict: string }[]) => verdicts.map(({ verdict }) => verdict);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the watchdog", () => {
  /** `silent` programs begin and are never heard of again, `stuck` ones end when they are told to stop. */
  const hostile: Script = (message, reply, frame) => {
    if (message.type === "run" && message.code !== "fine") {
      reply({ type: "begin", job: message.job, index: -1 });
      reply({ type: "begin", job: message.job, index: 0 });
    } else if (message.type === "stop" && !frozen) {
      reply({ type: "end", job: message.job, reason: "timeout", index: message.index, ms: 1000 });
    } else echo(message, reply, frame);
  };
  let frozen = false;
  beforeEach(() => {
    frozen = false;
  });

  it("stops a call at its limit, not before, and replaces the frame", async () => {
    const host = new ScriptedHost(hostile);
    const runner = new JavaScriptRunner(host);
    let done = false;
    const judged = runner.judge(request("stuck")).finally(() => {
      done = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(done).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(names(await judged)).toEqual(["timeout"]);
    expect(names(await runner.judge(request("fine")))).toEqual(["passed"]);
    expect(host.opened).toBe(2);
    expect(host.closed).toBe(1);
  });

  it("takes a frame that does not even stop for dead, and blames only the program that kills it alone", async () => {
    const host = new ScriptedHost((message, reply, frame) => {
      // The first frame dies under all its programs; the innocent one runs in the next.
      if (message.type === "run" && message.code === "innocent" && frame > 1) echo({ ...message }, reply, frame);
      else hostile(message, reply, frame);
    });
    frozen = true;
    const runner = new JavaScriptRunner(host);
    const killer = runner.judge(request("killer"));
    const innocent = runner.judge(request("innocent"));
    const after = runner.judge(request("fine"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(names(await killer)).toEqual(["memory"]);
    expect(names(await innocent)).toEqual(["passed"]);
    expect(names(await after)).toEqual(["passed"]);
  });

  it("gives up on a program at its second stop, and keeps the verdicts it has", async () => {
    const host = new ScriptedHost((message, reply, frame) => {
      if (message.type !== "run") return hostile(message, reply, frame);
      const { job } = message;
      reply({ type: "begin", job, index: 0 });
      reply({ type: "report", job, index: 0, ms: 1, text: `["value",${JSON.parse(message.inputs[0] ?? "")[0]}]` });
      reply({ type: "begin", job, index: 1 });
    });
    const judged = new JavaScriptRunner(host).judge(request("half", 6));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(names(await judged)).toEqual(["passed", "timeout", "passed", "timeout", "timeout", "timeout"]);
  });
});

describe("the queue", () => {
  it("runs two programs at a time, in order", async () => {
    const started: string[] = [];
    const finish: (() => void)[] = [];
    const host = new ScriptedHost((message, reply, frame) => {
      if (message.type !== "run") return;
      started.push(message.code);
      finish.push(() => echo(message, reply, frame));
    });
    const runner = new JavaScriptRunner(host);
    const judged = ["a", "b", "c", "d"].map((code) => runner.judge(request(code)));
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toEqual(["a", "b"]);
    finish[1]?.();
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toEqual(["a", "b", "c"]);
    for (let i = 0; i < 4; i++) {
      finish[i]?.();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect((await Promise.all(judged)).map(names)).toEqual([["passed"], ["passed"], ["passed"], ["passed"]]);
  });

  it("lets go of a program that is aborted while it waits or runs", async () => {
    const cancelled: number[] = [];
    const host = new ScriptedHost((message, reply, frame) => {
      if (message.type === "cancel") cancelled.push(message.job);
      else if (message.type === "run" && message.code === "fine") echo(message, reply, frame);
      else if (message.type === "run") reply({ type: "begin", job: message.job, index: 0 });
    });
    const runner = new JavaScriptRunner(host, { concurrency: 1, timeLimitMs: 60_000 });
    const first = new AbortController();
    const second = new AbortController();
    const running = runner.judge(request("long"), first.signal);
    const waiting = runner.judge(request("long"), second.signal);
    const settled = Promise.allSettled([running, waiting]);
    await vi.advanceTimersByTimeAsync(1);
    second.abort(new Error("second"));
    first.abort(new Error("first"));
    expect(await settled).toMatchObject([
      { status: "rejected", reason: { message: "first" } },
      { status: "rejected", reason: { message: "second" } },
    ]);
    expect(cancelled).toEqual([0]);
    expect(names(await runner.judge(request("fine")))).toEqual(["passed"]);
  });
});

describe("no realm", () => {
  it("rejects when the page does not answer, and tries anew the next time", async () => {
    let answers = false;
    const host = new ScriptedHost(echo);
    const open = host.openRealmPort.bind(host);
    host.openRealmPort = async () => {
      const port = await open();
      return answers ? port : ({ postMessage() {}, close() {}, onmessage: null } as unknown as MessagePort);
    };
    const runner = new JavaScriptRunner(host);
    const judged = expect(runner.judge(request("x"))).rejects.toMatchObject({ code: "sandbox/no-frame" });
    await vi.advanceTimersByTimeAsync(60_000);
    await judged;
    answers = true;
    expect(names(await runner.judge(request("x")))).toEqual(["passed"]);
  });

  it("is not disturbed by a frame that was given up while it opened", async () => {
    const host = new ScriptedHost(echo);
    const open = host.openRealmPort.bind(host);
    host.openRealmPort = async () => {
      const port = await open();
      return host.opened > 1 ? port : ({ postMessage() {}, close() {}, onmessage: null } as unknown as MessagePort);
    };
    const runner = new JavaScriptRunner(host);
    const given = expect(runner.warm()).rejects.toMatchObject({ code: "sandbox/no-frame" });
    runner.close();
    expect(names(await runner.judge(request("x")))).toEqual(["passed"]);
    await vi.advanceTimersByTimeAsync(60_000);
    await given;
    expect(names(await runner.judge(request("x")))).toEqual(["passed"]);
    expect(host.opened).toBe(2);
  });

  it("rejects when no worker starts", async () => {
    const host = new ScriptedHost((message, reply) => {
      if (message.type === "run") reply({ type: "end", job: message.job, reason: "crashed", index: -2, ms: 0 });
    });
    await expect(new JavaScriptRunner(host).judge(request("x"))).rejects.toMatchObject({ code: "sandbox/no-realm" });
  });

  it("refuses another language", async () => {
    const runner = new JavaScriptRunner(new ScriptedHost(echo));
    await expect(runner.judge({ ...request("x"), language: "python" })).rejects.toMatchObject({
      code: "sandbox/language",
    });
  });
});
