import { expect, it } from "vitest";
import { LabError } from "../../core/errors";
import type { ReferenceCheck } from "../../ports/reference-check";
import { EMPTY_WORLD, SAMPLE_COLLECTION } from "../dependencies-fixture";
import { createLabStore } from "../lab-store";

const SUMMARY = { passed: 2, total: 2, failed: [] };

function storeWith(check: ReferenceCheck["check"]) {
  let isChecked = false;
  const store = createLabStore({
    ...EMPTY_WORLD,
    problemStore: {
      ...EMPTY_WORLD.problemStore,
      collections: async () => [{ ...SAMPLE_COLLECTION, ...(isChecked ? { checked: SUMMARY } : {}) }],
    },
    referenceCheck: {
      check: async (...given) => {
        const summary = await check(...given);
        isChecked = true;
        return summary;
      },
    },
  });
  return store;
}

it("tells how far a check is, and shows what it found", async () => {
  const seen: unknown[] = [];
  const store = storeWith(async (_, tell = () => {}) => {
    seen.push(store.getState().checking);
    tell({ done: 1, total: 2 });
    seen.push(store.getState().checking?.progress);
    return SUMMARY;
  });
  await store.getState().checkCollection("mbpp");
  expect(seen).toEqual([
    { collection: "mbpp", progress: null },
    { done: 1, total: 2 },
  ]);
  expect(store.getState().checking).toBeNull();
  expect(store.getState().collections?.[0]?.checked).toEqual(SUMMARY);
});

it("can be cancelled, and says nothing then", async () => {
  const store = storeWith(
    (_, __, signal) =>
      new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  );
  const checking = store.getState().checkCollection("mbpp");
  store.getState().cancelCheck();
  await checking;
  expect(store.getState()).toMatchObject({ checking: null, notice: null });
});

it("says what kept it from checking", async () => {
  const store = storeWith(async () => {
    throw new LabError("sandbox/no-frame", "The sandbox did not load.", "Reload the page.");
  });
  await store.getState().checkCollection("mbpp");
  expect(store.getState()).toMatchObject({ checking: null, notice: { message: "The sandbox did not load." } });
});
