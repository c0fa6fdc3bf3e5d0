import { describe, expect, it } from "vitest";
import { LabError } from "../../core/errors";
import type { TimedEvent } from "../../core/run/events";
import { replay } from "../../core/run/fold";
import type { ExperimentSpec } from "../../experiment/spec/spec";
import type { ExperimentRun, ExperimentRunner } from "../../ports/experiment-runner";
import { parseRunFile } from "../../runs/parse";
import { formatRunFile, newIdentity, runFile } from "../../runs/run-file";
import { FOREIGN_RUN } from "../../testing/foreign-run";
import { SAMPLE_SPEC, sampleRun } from "../../testing/sample-run";
import { explorerHash } from "../address";
import { createRunView, isForeign, type RunView } from "./run-view";

const events = sampleRun(40);

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

function setUp(): { view: RunView; runs: HandRun[]; pass: (now: number) => void } {
  const runs: HandRun[] = [];
  const frames = handFrames();
  const runner: ExperimentRunner<ExperimentSpec> = {
    run: () => {
      const run = new HandRun();
      runs.push(run);
      return run;
    },
  };
  return { view: createRunView({ runner, nextFrame: frames.nextFrame }), runs, pass: frames.pass };
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
  it("takes events in once per frame, and shows the newest snapshot", async () => {
    const { view, runs, pass } = setUp();
    view.getState().start(SAMPLE_SPEC);
    expect(view.getState().status).toBe("preparing");
    runs[0]?.feed(events.slice(0, 5));
    runs[0]?.feed(events.slice(5, 12));
    await settled();
    expect(view.getState().length).toBe(0);
    pass(0);
    expect(view.getState()).toMatchObject({ status: "running", length: 12, position: 12 });
    expect(view.getState().state).toEqual(replay(events.slice(0, 12)));
  });

  it("spreads many events over frames, ends with every one of them, and suggests the answer", async () => {
    const { view, runs, pass } = setUp();
    view.getState().start(SAMPLE_SPEC);
    runs[0]?.feed(events);
    runs[0]?.feed(null);
    await settled();
    pass(0);
    expect(view.getState().length).toBeLessThan(events.length);
    await drain(pass);
    expect(view.getState()).toMatchObject({ status: "ended", length: events.length, selectionIsChosen: false });
    expect(view.getState().selected).toBe(replay(events).ended?.answer?.nodeId);
  });

  it("stays at the snapshot a person chose while events arrive", async () => {
    const { view, runs, pass } = setUp();
    view.getState().start(SAMPLE_SPEC);
    runs[0]?.feed(events.slice(0, 50));
    await settled();
    pass(0);
    view.getState().seek(20);
    runs[0]?.feed(events.slice(50, 90));
    await drain(pass);
    expect(view.getState()).toMatchObject({ length: 90, position: 20 });
  });

  it("pauses, resumes and stops its runner", async () => {
    const { view, runs, pass } = setUp();
    view.getState().start(SAMPLE_SPEC);
    runs[0]?.feed(events.slice(0, 5));
    await settled();
    pass(0);
    view.getState().pause();
    expect(view.getState().status).toBe("paused");
    view.getState().resume();
    view.getState().stop();
    expect(runs[0]?.calls).toEqual(["pause", "resume", "stop"]);
  });

  it("keeps what it has when the runner fails, and says why", async () => {
    const { view, runs, pass } = setUp();
    view.getState().start(SAMPLE_SPEC);
    runs[0]?.feed(events.slice(0, 30));
    runs[0]?.feed(new LabError("model/load", "The weights could not be loaded.", "Try again."));
    await drain(pass);
    const { status, failure, state } = view.getState();
    expect([status, failure?.message]).toEqual(["failed", "The weights could not be loaded."]);
    expect(state).toEqual(replay(events.slice(0, 30)));
  });

  it("fails on a corrupt log instead of showing nonsense", async () => {
    const { view, runs, pass } = setUp();
    view.getState().start(SAMPLE_SPEC);
    runs[0]?.feed(events.slice(5, 9));
    await settled();
    pass(0);
    runs[0]?.feed(events.slice(9, 12));
    await drain(pass);
    expect(view.getState().status).toBe("failed");
  });

  it("that ends before its first event brings back what was shown before", async () => {
    const { view, runs } = setUp();
    view.getState().show(runFile(newIdentity(), SAMPLE_SPEC, events), "recorded", { node: 3, event: 40 });
    const { state } = view.getState();
    view.getState().start(SAMPLE_SPEC);
    view.getState().start(SAMPLE_SPEC);
    expect(view.getState()).toMatchObject({ status: "preparing", length: 0 });
    view.getState().stop();
    runs[1]?.feed(null);
    await settled();
    const shown = { status: "ended", origin: "recorded", length: events.length, position: 40, selected: 3 };
    expect(view.getState()).toMatchObject(shown);
    expect(view.getState().state).toEqual(state);
    view.getState().seek(20);
    expect(view.getState().state).toEqual(replay(events.slice(0, 20)));
  });

  it("ignores what a former run still sends", async () => {
    const { view, runs, pass } = setUp();
    view.getState().start(SAMPLE_SPEC);
    view.getState().start(SAMPLE_SPEC);
    expect(runs[0]?.calls).toContain("stop");
    runs[0]?.feed(events.slice(0, 5));
    await settled();
    pass(0);
    expect(view.getState()).toMatchObject({ length: 0, status: "preparing" });
  });
});

describe("a finished run", () => {
  it("shows at every position the replay of that prefix", () => {
    const { view } = setUp();
    view.getState().show(runFile(newIdentity(), SAMPLE_SPEC, events), "recorded");
    for (const position of [0, 1, 57, 99, 100, 101, events.length]) {
      view.getState().seek(position);
      expect(view.getState().state).toEqual(replay(events.slice(0, position)));
    }
  });

  it("steps by simulation", () => {
    const { view } = setUp();
    view.getState().show(runFile(newIdentity(), SAMPLE_SPEC, events), "recorded");
    view.getState().seek(0);
    view.getState().step(1);
    view.getState().step(1);
    expect(view.getState().state.simulations).toBe(2);
    view.getState().step(-1);
    expect(view.getState().state.simulations).toBe(1);
  });

  it("replays by the run's own clock times the speed, and stops at the end", () => {
    const { view, pass } = setUp();
    view.getState().show(runFile(newIdentity(), SAMPLE_SPEC, events), "recorded");
    view.getState().setSpeed(4);
    view.getState().togglePlaying();
    pass(1000);
    pass(1010);
    expect(view.getState().elapsedMs).toBe(40);
    pass(1_000_000);
    expect(view.getState()).toMatchObject({ isPlaying: false, position: events.length });
  });

  it("goes to the position and node that a link asks for", () => {
    const { view } = setUp();
    view.getState().show(runFile(newIdentity(), SAMPLE_SPEC, events), "recorded", { node: 3, event: 40 });
    expect(view.getState()).toMatchObject({ position: 40, selected: 3, selectionIsChosen: true });
  });
});

describe("two views side by side", () => {
  it("play, seek and select apart, on one clock", () => {
    const frames = handFrames();
    const runner: ExperimentRunner<ExperimentSpec> = { run: () => new HandRun() };
    const [left, right] = [0, 1].map(() => createRunView({ runner, nextFrame: frames.nextFrame })) as [
      RunView,
      RunView,
    ];
    const shorter = sampleRun(10);
    left.getState().show(runFile(newIdentity(), SAMPLE_SPEC, events), "recorded");
    right.getState().show(runFile(newIdentity(), { ...SAMPLE_SPEC, seed: 2 }, shorter), "imported");
    left.getState().setSpeed(1);
    right.getState().setSpeed(16);
    for (const view of [left, right]) view.getState().togglePlaying();
    frames.pass(0);
    frames.pass(20);
    expect([left.getState().elapsedMs, right.getState().elapsedMs]).toEqual([20, 320]);
    left.getState().seek(57);
    left.getState().select(3);
    frames.pass(1_000_000);
    expect(left.getState()).toMatchObject({ position: 57, isPlaying: false, selected: 3, selectionIsChosen: true });
    expect(right.getState()).toMatchObject({ position: shorter.length, isPlaying: false, selectionIsChosen: false });
    expect(left.getState().state).toEqual(replay(events.slice(0, 57)));
    expect(right.getState().state).toEqual(replay(shorter));
    right.getState().clear();
    expect(left.getState()).toMatchObject({ status: "ended", runSpec: SAMPLE_SPEC, length: events.length });
  });

  it("run apart: to stop the one leaves the other going", async () => {
    const [left, right] = [setUp(), setUp()];
    left.view.getState().start(SAMPLE_SPEC);
    right.view.getState().start(SAMPLE_SPEC);
    left.runs[0]?.feed(events.slice(0, 5));
    right.runs[0]?.feed(events.slice(0, 9));
    await settled();
    left.pass(0);
    left.view.getState().stop();
    expect([left.runs[0]?.calls, right.runs[0]?.calls]).toEqual([["stop"], []]);
    expect([left.view.getState().length, right.view.getState().length]).toEqual([5, 0]);
    right.pass(0);
    expect(right.view.getState()).toMatchObject({ status: "running", length: 9 });
  });
});

describe("a run that no search here made", () => {
  it("is shown, and a link then carries what is set up", async () => {
    const { view, runs } = setUp();
    view.getState().show(parseRunFile(formatRunFile(FOREIGN_RUN)), "imported");
    const shown = view.getState();
    expect(shown).toMatchObject({ status: "ended", runSpec: null, origin: "imported", selected: 3, length: 9 });
    expect(shown.state.problem?.title).toBe("Theirs");
    expect(isForeign(shown)).toBe(true);
    view.getState().select(1);
    view.getState().seek(4);
    expect(explorerHash(SAMPLE_SPEC, view.getState())).toBe(explorerHash(SAMPLE_SPEC, { ...shown, length: 0 }));
    view.getState().start(SAMPLE_SPEC);
    expect(runs).toHaveLength(1);
    expect(view.getState()).toMatchObject({ status: "preparing", runSpec: SAMPLE_SPEC });
    expect(isForeign(view.getState())).toBe(false);
  });
});
