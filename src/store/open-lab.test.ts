import { describe, expect, it, vi } from "vitest";
import { newIdentity, type RunFile, runFile } from "../runs/run-file";
import { SAMPLE_PROBLEM, SAMPLE_SPEC, sampleRun } from "../testing/sample-run";
import { experimentHash, hashOf } from "./address";
import { EMPTY_WORLD } from "./dependencies-fixture";
import { createLabStore, type LabStore, type LabWorld } from "./lab-store";
import { type Address, type AddressWindow, browserAddress, openLab } from "./open-lab";

const OWN = { ...SAMPLE_SPEC, seed: 42 };
const COMPARED = runFile(newIdentity(), { ...SAMPLE_SPEC, seed: 691634785 }, sampleRun(20));
const RECORDED = runFile(newIdentity(), SAMPLE_SPEC, sampleRun(20));

/** Where the puzzle of a first visit is known as well. */
const problems = {
  ...EMPTY_WORLD.problems,
  named: async () => [SAMPLE_PROBLEM, { ...SAMPLE_PROBLEM, id: "even-steven" }],
};

const setUp = (change: Partial<LabWorld> = {}): LabStore => createLabStore({ ...EMPTY_WORLD, problems, ...change });

const until = (check: () => void) => vi.waitFor(check, { timeout: 120_000 });

/** Lets all promises that can settle do so. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

class HandAddress implements Address {
  readonly written: string[] = [];
  private callback: () => void = () => undefined;
  constructor(public hash: string) {}
  read = () => this.hash;
  write = (hash: string) => void this.written.push(hash);
  onChange = (callback: () => void) => {
    this.callback = callback;
  };
  go(hash: string): void {
    this.hash = hash;
    this.callback();
  }
}

/** A promise that a test keeps by hand. */
function promised<Value>() {
  let keep: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => {
    keep = resolve;
  });
  return { promise, keep };
}

/** A window in which a test says when timers ring and when the page hears that the hash has changed. */
class HandWindow implements AddressWindow {
  readonly location = { hash: "" };
  private timer: (() => void) | null = null;
  private listener: () => void = () => undefined;
  readonly history = {
    state: null,
    replaceState: (_state: unknown, _unused: string, url: string) => {
      this.location.hash = url;
    },
  };
  setTimeout = (callback: () => void) => {
    this.timer = callback;
    return 1;
  };
  clearTimeout = () => {
    this.timer = null;
  };
  addEventListener = (_type: "hashchange", listener: () => void) => {
    this.listener = listener;
  };
  ring(): void {
    const due = this.timer;
    this.timer = null;
    due?.();
  }
  hear(): void {
    this.listener();
  }
}

/** An app that has been opened with the person's own link. */
async function opened(recorded: RunFile | null = null) {
  const store = setUp();
  const address = new HandAddress(experimentHash(OWN));
  await openLab(store, { address, recorded: Promise.resolve(recorded) });
  return { store, address };
}

describe("opening", () => {
  it("shows the recorded run on a first visit, and leaves the address alone", async () => {
    const store = setUp();
    const address = new HandAddress("");
    await openLab(store, { address, recorded: Promise.resolve(RECORDED) });
    expect(store.getState().spec).toEqual(RECORDED.spec);
    expect(store.getState().run.getState()).toMatchObject({ origin: "recorded", length: RECORDED.events.length });
    expect(address.written).toEqual([]);
  });

  it("shows of the recorded run what a link asks for", async () => {
    const store = setUp();
    const address = new HandAddress(`${experimentHash(SAMPLE_SPEC)}&node=3&event=40`);
    await openLab(store, { address, recorded: Promise.resolve(RECORDED) });
    expect(store.getState().run.getState()).toMatchObject({ origin: "recorded", position: 40, selected: 3 });
    expect(address.written).toEqual([]);
  });

  it("leaves a link that cannot be read where it can be mended, until something else is set up", async () => {
    const store = setUp();
    const address = new HandAddress("#v=1&p=mcts-tiny&problem=sample&seed=1&search.tree.maxDepth=0");
    await openLab(store, { address, recorded: Promise.resolve(RECORDED) });
    expect(store.getState().notice?.message).toContain("maxDepth");
    expect(store.getState().notice?.hint).toContain("address bar");
    expect(address.written).toEqual([]);
    store.getState().commit({ ...SAMPLE_SPEC, seed: 7 });
    expect(address.written).toEqual([hashOf(store.getState())]);
  });

  it("leaves what a person has set up or begun while the recorded run was coming", async () => {
    for (const hash of ["", experimentHash(RECORDED.spec)]) {
      const store = setUp();
      const recorded = promised<RunFile | null>();
      const opening = openLab(store, { address: new HandAddress(hash), recorded: recorded.promise });
      await until(() => expect(store.getState().problem?.id).toBe(hash === "" ? "even-steven" : "sample"));
      store.getState().commit({ ...SAMPLE_SPEC, seed: 7 });
      recorded.keep(RECORDED);
      await opening;
      expect(store.getState().spec.seed).toBe(7);
      expect(store.getState().run.getState().status).toBe("idle");
    }
  });

  it("follows a person to the comparisons while the recorded run is still coming", async () => {
    const store = setUp();
    const recorded = promised<RunFile | null>();
    const address = new HandAddress(experimentHash(OWN));
    const opening = openLab(store, { address, recorded: recorded.promise });
    await until(() => expect(store.getState().spec).toEqual(OWN));
    address.go("#bench");
    expect(store.getState().view).toBe("comparison");
    recorded.keep(RECORDED);
    await opening;
    expect(store.getState()).toMatchObject({ view: "comparison", spec: OWN });
  });
});

describe("the address bar", () => {
  it("is written once per change, with node and position only if a person chose them", async () => {
    const store = setUp();
    store.getState().commit(SAMPLE_SPEC);
    const address = new HandAddress("");
    await openLab(store, { address, recorded: Promise.resolve(RECORDED) });
    const { select, seek } = store.getState().run.getState();
    select(4);
    select(4);
    seek(31);
    store.getState().commit({ ...SAMPLE_SPEC, seed: 9 });
    expect(address.written.map((hash) => hash.match(/seed=\d+.*/)?.[0])).toEqual([
      "seed=1&node=4",
      "seed=1&node=4&event=31",
      "seed=9",
    ]);
  });

  it("opens a link that a person goes to, and keeps everything when it is bad", async () => {
    const { store, address } = await opened();
    address.go(experimentHash({ ...OWN, seed: 5 }));
    await until(() => expect(store.getState().spec.seed).toBe(5));
    address.go("#v=1&p=mcts-tiny&problem=sample&seed=1&search.tree.maxDepth=0");
    await until(() => expect(store.getState().notice?.message).toContain("maxDepth"));
    expect(address.written).toEqual([]);
    expect(store.getState().spec.seed).toBe(5);
  });

  it("goes to the comparisons and back, and the experiment stays as it is", async () => {
    const { store, address } = await opened({ ...RECORDED, spec: OWN });
    store.getState().run.getState().select(4);
    const before = hashOf(store.getState());
    address.go("#bench");
    expect(store.getState().view).toBe("comparison");
    expect(hashOf(store.getState())).toBe("#bench");
    address.go(before);
    await settled();
    expect(store.getState().view).toBe("explorer");
    expect(store.getState().run.getState()).toMatchObject({ selected: 4, runSpec: OWN });
  });

  it("leads to the last of the links that a person follows, whichever is read first", async () => {
    const slow = promised<readonly (typeof SAMPLE_PROBLEM)[]>();
    let asked = 0;
    const named = async () => (asked++ === 0 ? slow.promise : [SAMPLE_PROBLEM]);
    const store = setUp({ problems: { ...EMPTY_WORLD.problems, named } });
    const address = new HandAddress("");
    await openLab(store, { address, recorded: Promise.resolve(null) });
    asked = 0;
    address.go(experimentHash({ ...OWN, seed: 1000 }));
    await until(() => expect(asked).toBe(1));
    address.go(experimentHash({ ...OWN, seed: 2000 }));
    await until(() => expect(store.getState().spec.seed).toBe(2000));
    slow.keep([SAMPLE_PROBLEM]);
    await settled();
    expect(store.getState().spec.seed).toBe(2000);
  });
});

describe("a person's experiment", () => {
  const compare = async (store: LabStore, address: HandAddress) => {
    address.go("#bench");
    await store.getState().openCompared(Promise.resolve(COMPARED));
    address.go(hashOf({ ...store.getState(), view: "explorer" }));
    await settled();
  };

  it("is set up again on the way back from a compared run", async () => {
    const { store, address } = await opened();
    await compare(store, address);
    expect(store.getState()).toMatchObject({ view: "explorer", spec: { seed: 691634785 } });
    address.go("#bench");
    expect(store.getState().spec).toEqual(OWN);
  });

  it("outlives a compared run that is opened twice", async () => {
    const { store, address } = await opened();
    address.go("#bench");
    const { openCompared } = store.getState();
    expect(
      await Promise.all([openCompared(Promise.resolve(COMPARED)), openCompared(Promise.resolve(COMPARED))]),
    ).toEqual([true, true]);
    address.go("#bench");
    expect(store.getState().spec).toEqual(OWN);
  });

  it("stays when a compared run comes after the person has gone back to the explorer", async () => {
    const { store, address } = await opened();
    address.go("#bench");
    const coming = promised<RunFile | null>();
    const isOpened = store.getState().openCompared(coming.promise);
    address.go(experimentHash(OWN));
    coming.keep(COMPARED);
    expect(await isOpened).toBe(false);
    expect(store.getState().spec).toEqual(OWN);
  });

  it("is not given up when the address of a compared run is written late, in the place of where the person has gone", async () => {
    const browser = new HandWindow();
    browser.location.hash = experimentHash(OWN);
    const store = setUp();
    await openLab(store, { address: browserAddress(browser), recorded: Promise.resolve(null) });
    browser.location.hash = "#bench";
    browser.hear();
    await store.getState().openCompared(Promise.resolve(COMPARED));
    browser.location.hash = experimentHash(COMPARED.spec);
    browser.hear();
    expect(store.getState()).toMatchObject({ view: "explorer", spec: COMPARED.spec });
    // Back: the hash is another one before the page hears of it, and the timer of a write rings in between.
    browser.location.hash = "#bench";
    browser.ring();
    browser.hear();
    expect(store.getState()).toMatchObject({ view: "comparison", spec: OWN });
    browser.ring();
    expect(browser.location.hash).toBe("#bench");
  });
});
