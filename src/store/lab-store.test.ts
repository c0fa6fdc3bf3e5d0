import { describe, expect, it } from "vitest";
import { LabError } from "../core/errors";
import type { TimedEvent } from "../core/run/events";
import { replay } from "../core/run/fold";
import type { ExperimentSpec } from "../experiment/spec/spec";
import type { ExperimentRun, ExperimentRunner } from "../ports/experiment-runner";
import type { ProblemSource } from "../ports/problem-source";
import { EMPTY_WORLD } from "./dependencies-fixture";
import { createLabStore, type LabStore } from "./lab-store";
import { SAMPLE_PROBLEM, SAMPLE_SPEC, sampleRun } from "./run/run-fixture";

const events = sampleRun(40);
const problems: ProblemSource = { named: async () => [SAMPLE_PROBLEM], generated: async () => SAMPLE_PROBLEM };

/** A run that a test feeds by hand. */
class HandRun implements ExperimentRun {
  readonly calls: string[] = [];
  private readonly batches: (readonly TimedEvent[] | Error | null)[] = [];
  private wake: () => void = () => undefined;

  readonly events = this.stream();

  feed(batch: readonly TimedEvent[] | Error | null): void {
    this.batches.push(batch);
    this.wake();
  }

  private async *stream(): AsyncGenerator<readonly TimedEvent[]> {
    for (;;) {
      const batch = this.batches.shift();
      if (batch === null) return;
      if (batch instanceof Error) throw batch;
      if (batch !== undefined) yield batch;
      else
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
    }
  }

  pause = () => void this.calls.push("pause");
  resume = () => void this.calls.push("resume");
  stop = () => void this.calls.push("stop");
}

/** Frames that a test lets pass by hand. */
function handFrames() {
  let waiting: ((now: number) => void)[] = [];
  return {
    nextFrame: (callback: (now: number) => void) => void waiting.push(callback),
    pass: (now: number) => {
      const due = waiting;
      waiting = [];
      for (const callback of due) callback(now);
    },
  };
}

function setUp(): { store: LabStore; runs: HandRun[]; pass: (now: number) => void } {
  const runs: HandRun[] = [];
  const frames = handFrames();
  const runner: ExperimentRunner<ExperimentSpec> = {
    run: () => {
      const run = new HandRun();
      runs.push(run);
      return run;
    },
  };
  const store = createLabStore({ ...EMPTY_WORLD, runner, problems, nextFrame: frames.nextFrame });
  store.getState().commit(SAMPLE_SPEC);
  return { store, runs, pass: frames.pass };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Lets frames pass until everything that was fed has been taken in. */
async function drain(pass: (now: number) => void): Promise<void> {
  for (let frame = 0; frame < 8; frame++) {
    await settled();
    pass(16 * frame);
  }
  await settled();
}

describe("a live run", () => {
  it("takes events in once per frame, and shows the newest moment", async () => {
    const { store, runs, pass } = setUp();
    store.getState().start();
    expect(store.getState().status).toBe("preparing");
    runs[0]?.feed(events.slice(0, 5));
    runs[0]?.feed(events.slice(5, 12));
    await settled();
    expect(store.getState().length).toBe(0);
    pass(0);
    expect(store.getState()).toMatchObject({ status: "running", length: 12, position: 12 });
    expect(store.getState().state).toEqual(replay(events.slice(0, 12)));
  });

  it("spreads many events over frames, ends with every one of them, and suggests the answer", async () => {
    const { store, runs, pass } = setUp();
    store.getState().start();
    runs[0]?.feed(events);
    runs[0]?.feed(null);
    await settled();
    pass(0);
    expect(store.getState().length).toBeLessThan(events.length);
    await drain(pass);
    expect(store.getState()).toMatchObject({ status: "ended", length: events.length, selectionIsChosen: false });
    expect(store.getState().selected).toBe(replay(events).ended?.answer?.nodeId);
  });

  it("stays at the moment a person chose while events arrive", async () => {
    const { store, runs, pass } = setUp();
    store.getState().start();
    runs[0]?.feed(events.slice(0, 50));
    await settled();
    pass(0);
    store.getState().seek(20);
    runs[0]?.feed(events.slice(50, 90));
    await drain(pass);
    expect(store.getState()).toMatchObject({ length: 90, position: 20 });
  });

  it("pauses, resumes and stops its runner", async () => {
    const { store, runs, pass } = setUp();
    store.getState().start();
    runs[0]?.feed(events.slice(0, 5));
    await settled();
    pass(0);
    store.getState().pause();
    expect(store.getState().status).toBe("paused");
    store.getState().resume();
    store.getState().stop();
    expect(runs[0]?.calls).toEqual(["pause", "resume", "stop"]);
  });

  it("keeps what it has when the runner fails, and says why", async () => {
    const { store, runs, pass } = setUp();
    store.getState().start();
    runs[0]?.feed(events.slice(0, 30));
    runs[0]?.feed(new LabError("model/load", "The weights could not be loaded.", "Try again."));
    await drain(pass);
    const { status, failure, state } = store.getState();
    expect([status, failure?.message]).toEqual(["failed", "The weights could not be loaded."]);
    expect(state).toEqual(replay(events.slice(0, 30)));
  });

  it("fails on a corrupt log instead of showing nonsense", async () => {
    const { store, runs, pass } = setUp();
    store.getState().start();
    runs[0]?.feed(events.slice(5, 9));
    await settled();
    pass(0);
    runs[0]?.feed(events.slice(9, 12));
    await drain(pass);
    expect(store.getState().status).toBe("failed");
  });

  it("that ends before its first event brings back what was shown before", async () => {
    const { store, runs } = setUp();
    store.getState().show({ spec: SAMPLE_SPEC, events }, "recorded", { node: 3, event: 40 });
    const { state } = store.getState();
    store.getState().start();
    store.getState().start();
    expect(store.getState()).toMatchObject({ status: "preparing", length: 0 });
    store.getState().stop();
    runs[1]?.feed(null);
    await settled();
    const shown = { status: "ended", origin: "recorded", length: events.length, position: 40, selected: 3 };
    expect(store.getState()).toMatchObject(shown);
    expect(store.getState().state).toEqual(state);
    store.getState().seek(20);
    expect(store.getState().state).toEqual(replay(events.slice(0, 20)));
  });

  it("ignores what a former run still sends", async () => {
    const { store, runs, pass } = setUp();
    store.getState().start();
    store.getState().start();
    expect(runs[0]?.calls).toContain("stop");
    runs[0]?.feed(events.slice(0, 5));
    await settled();
    pass(0);
    expect(store.getState()).toMatchObject({ length: 0, status: "preparing" });
  });
});

describe("a finished run", () => {
  it("shows at every position the replay of that prefix", () => {
    const { store } = setUp();
    store.getState().show({ spec: SAMPLE_SPEC, events }, "recorded");
    for (const position of [0, 1, 57, 99, 100, 101, events.length]) {
      store.getState().seek(position);
      expect(store.getState().state).toEqual(replay(events.slice(0, position)));
    }
  });

  it("steps by simulation", () => {
    const { store } = setUp();
    store.getState().show({ spec: SAMPLE_SPEC, events }, "recorded");
    store.getState().seek(0);
    store.getState().step(1);
    store.getState().step(1);
    expect(store.getState().state.simulations).toBe(2);
    store.getState().step(-1);
    expect(store.getState().state.simulations).toBe(1);
  });

  it("replays by the run's own clock times the speed, and stops at the end", () => {
    const { store, pass } = setUp();
    store.getState().show({ spec: SAMPLE_SPEC, events }, "recorded");
    store.getState().setSpeed(4);
    store.getState().togglePlaying();
    pass(1000);
    pass(1010);
    expect(store.getState().elapsedMs).toBe(40);
    pass(1_000_000);
    expect(store.getState()).toMatchObject({ isPlaying: false, position: events.length });
  });

  it("goes to the moment and node that a link asks for", () => {
    const { store } = setUp();
    store.getState().show({ spec: SAMPLE_SPEC, events }, "recorded", { node: 3, event: 40 });
    expect(store.getState()).toMatchObject({ position: 40, selected: 3, selectionIsChosen: true });
  });
});

describe("the experiment", () => {
  it("resolves its problem, and keeps it when there is none of the name that follows", async () => {
    const { store } = setUp();
    await settled();
    expect(store.getState().problem).toEqual(SAMPLE_PROBLEM);
    store.getState().commit({ ...SAMPLE_SPEC, problem: { source: "named", id: "nowhere" } });
    await settled();
    expect(store.getState().notice?.message).toBe('There is no puzzle called "nowhere".');
    expect(store.getState().spec.problem).toEqual(SAMPLE_SPEC.problem);
  });

  it("takes a draft over only when it is sound, and never loses its texts", async () => {
    const { store } = setUp();
    store.getState().edit({ visibleTests: "[1, -> 2" });
    expect((await store.getState().commitDraft()).ok).toBe(false);
    expect(store.getState().spec.problem.source).toBe("named");
    store.getState().setDrafting(false);
    expect(store.getState().draft.visibleTests).toBe("[1, -> 2");
    store.getState().edit({ visibleTests: "[1] -> 2" });
    expect((await store.getState().commitDraft()).ok).toBe(true);
    expect(store.getState().spec.problem).toMatchObject({
      source: "custom",
      visibleTests: [{ input: [[1]], expected: 2 }],
    });
  });

  it("takes a notice away when the experiment changes or runs, but not when the app sets itself up", () => {
    const { store } = setUp();
    const notice = { tone: "error", message: "Your problem is not complete yet.", hint: "" } as const;
    store.getState().notify(notice);
    store.getState().setUp({ ...SAMPLE_SPEC, seed: 2 });
    expect(store.getState().notice).toEqual(notice);
    store.getState().commit({ ...SAMPLE_SPEC, seed: 3 });
    expect(store.getState().notice).toBeNull();
    store.getState().notify(notice);
    store.getState().start();
    expect(store.getState().notice).toBeNull();
  });
});
