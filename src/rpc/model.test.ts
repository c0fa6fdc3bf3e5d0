import { describe, expect, it } from "vitest";
import type { ModelInfo } from "../core/model";
import type { PolicyModel } from "../ports/policy-model";
import type { TestGenerator } from "../ports/test-generator";
import { createModelService } from "./model";

const testGenerator: TestGenerator = { generate: async () => ({ tests: [], tokens: 0 }) };
const signal = new AbortController().signal;

/** A model whose answers wait to be let out; `asked` counts the calls that have begun. */
function heldModel(info: Partial<ModelInfo> = {}) {
  const waiting: (() => void)[] = [];
  const policy: PolicyModel = {
    info: { id: "held", backend: "none", contextLength: 1, ...info },
    sample: () => new Promise((resolve) => waiting.push(() => resolve([]))),
  };
  return { policy, waiting };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("a model's service", () => {
  it("answers one call after the other on a device of this machine", async () => {
    const { policy, waiting } = heldModel();
    const service = createModelService({ policy, testGenerator });
    const answers = [service.sample([], signal), service.sample([], signal)];
    await settled();
    expect(waiting).toHaveLength(1);
    waiting[0]?.();
    await answers[0];
    await settled();
    expect(waiting).toHaveLength(2);
    waiting[1]?.();
    await answers[1];
  });

  it("passes every call on at once to a model that wants parallel requests", async () => {
    const { policy, waiting } = heldModel({ batching: { kind: "requests", limit: 4 } });
    const service = createModelService({ policy, testGenerator });
    const answers = [service.sample([], signal), service.sample([], signal), service.sample([], signal)];
    await settled();
    expect(waiting).toHaveLength(3);
    for (const answer of waiting) answer();
    await Promise.all(answers);
  });

  it("counts the time of answers that overlap once", async () => {
    const { policy, waiting } = heldModel({ batching: { kind: "requests", limit: 4 } });
    const service = createModelService({ policy, testGenerator });
    const begun = performance.now();
    const answers = [service.sample([], signal), service.sample([], signal)];
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(service.busyMs()).toBeGreaterThan(40);
    for (const answer of waiting) answer();
    await Promise.all(answers);
    const busy = service.busyMs();
    expect(busy).toBeLessThanOrEqual(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(service.busyMs()).toBe(busy);
  });

  it("does not begin what was cancelled while it waited", async () => {
    const { policy, waiting } = heldModel();
    const service = createModelService({ policy, testGenerator });
    const controller = new AbortController();
    const first = service.sample([], signal);
    const second = service.sample([], controller.signal);
    await settled();
    controller.abort(new Error("enough"));
    waiting[0]?.();
    await first;
    await expect(second).rejects.toThrow("enough");
    expect(waiting).toHaveLength(1);
  });

  it("says whether it can score, and refuses where it cannot", async () => {
    const { policy } = heldModel();
    const scorer = { score: async () => ({ values: [0.5] }) };
    const problem = { title: "x" } as never;
    expect(createModelService({ policy, testGenerator }).canScore()).toBe(false);
    await expect(createModelService({ policy, testGenerator }).score(problem, [], signal)).rejects.toMatchObject({
      code: "model/no-scorer",
    });
    const scoring = createModelService({ policy, testGenerator, scorer });
    expect(scoring.canScore()).toBe(true);
    expect(await scoring.score(problem, [], signal)).toEqual({ values: [0.5] });
  });

  it("replaces weights between two answers, where the model lets it", async () => {
    const { policy, waiting } = heldModel();
    const given: number[] = [];
    const weights = {
      loadWeights: async (file: Uint8Array) => {
        given.push(file.length);
        return policy.info;
      },
    };
    const service = createModelService({ policy, testGenerator, weights });
    const before = service.sample([], signal);
    const replaced = service.loadWeights(new Uint8Array(3), signal);
    const after = service.sample([], signal);
    await settled();
    expect([given, waiting.length]).toEqual([[], 1]);
    waiting[0]?.();
    expect(await replaced).toBe(policy.info);
    expect(given).toEqual([3]);
    await settled();
    waiting[1]?.();
    await Promise.all([before, after]);
    const fixed = createModelService({ policy, testGenerator });
    await expect(fixed.loadWeights(new Uint8Array(3), signal)).rejects.toMatchObject({ code: "model/fixed-weights" });
  });
});
