import { describe, expect, it } from "vitest";
import type { ProblemSource } from "../../ports/problem-source";
import { SAMPLE_PROBLEM, SAMPLE_SPEC } from "../../testing/sample-run";
import { EMPTY_WORLD } from "../dependencies-fixture";
import { createLabStore, type LabStore } from "../lab-store";

const problems: ProblemSource = { named: async () => [SAMPLE_PROBLEM], generated: async () => SAMPLE_PROBLEM };

function setUp(): { store: LabStore } {
  const store = createLabStore({ ...EMPTY_WORLD, problems });
  store.getState().commit(SAMPLE_SPEC);
  return { store };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

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
