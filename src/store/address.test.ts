import { describe, expect, it, vi } from "vitest";
import type { Shared } from "../share/encode";
import { type Address, followAddress, hashOf, readLink } from "./address";
import { EMPTY_WORLD } from "./dependencies-fixture";
import { createLabStore, type LabStore } from "./lab-store";
import { SAMPLE_SPEC, sampleRun } from "./run/run-fixture";

const setUp = (): LabStore => createLabStore(EMPTY_WORLD);

class HandAddress implements Address {
  hash = "";
  readonly written: string[] = [];
  private callback: () => void = () => undefined;
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

describe("the address bar", () => {
  it("is written once per change, with node and position only if a person chose them", () => {
    const store = setUp();
    store.getState().commit(SAMPLE_SPEC);
    const address = new HandAddress();
    followAddress(store, address, () => undefined);
    store.getState().show({ spec: SAMPLE_SPEC, events: sampleRun(20) }, "recorded");
    expect(address.written).toEqual([]);
    store.getState().select(4);
    store.getState().select(4);
    store.getState().seek(31);
    store.getState().commit({ ...SAMPLE_SPEC, seed: 9 });
    expect(address.written.map((hash) => hash.match(/seed=\d+.*/)?.[0])).toEqual([
      "seed=1&node=4",
      "seed=1&node=4&event=31",
      "seed=9",
    ]);
  });

  it("opens a link that a person goes to, and keeps everything when it is bad", async () => {
    const store = setUp();
    store.getState().commit(SAMPLE_SPEC);
    const address = new HandAddress();
    const opened: Shared[] = [];
    followAddress(store, address, (shared) => opened.push(shared));
    address.go(hashOf({ ...store.getState(), spec: { ...SAMPLE_SPEC, seed: 5 } }));
    await vi.waitFor(() => expect(opened.map(({ spec }) => spec.seed)).toEqual([5]));
    address.go("#v=1&p=mcts-tiny&problem=sample&seed=1&search.tree.maxDepth=0");
    await vi.waitFor(() => expect(store.getState().notice?.message).toContain("maxDepth"));
    expect(opened).toHaveLength(1);
    await vi.waitFor(() => expect(address.written.at(-1)).toBe(hashOf(store.getState())));
    expect(store.getState().spec).toEqual(SAMPLE_SPEC);
  });

  it("goes to the comparisons and back, and the experiment stays as it is", () => {
    const store = setUp();
    store.getState().commit(SAMPLE_SPEC);
    const address = new HandAddress();
    const opened: Shared[] = [];
    followAddress(store, address, (shared) => opened.push(shared));
    store.getState().show({ spec: SAMPLE_SPEC, events: sampleRun(20) }, "recorded");
    store.getState().select(4);
    const before = hashOf(store.getState());
    address.go("#bench");
    expect(store.getState().view).toBe("comparison");
    expect(hashOf(store.getState())).toBe("#bench");
    address.go(before);
    expect(store.getState()).toMatchObject({ view: "explorer", selected: 4, runSpec: SAMPLE_SPEC });
    expect(opened).toEqual([]);
  });

  it("takes no hash for an ordinary visit", async () => {
    expect(await readLink(setUp(), "")).toBeNull();
  });
});
