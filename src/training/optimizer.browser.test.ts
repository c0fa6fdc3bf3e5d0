import { numpy as np } from "@jax-js/jax";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackend } from "../model/jax";
import { ADAMW_DEFAULTS, adamwUpdate, initialOptState } from "./optimizer";

describe("adamwUpdate", () => {
  beforeAll(async () => {
    await startBackend("wasm");
  });

  it("clips, corrects, and decays matrices only", () => {
    const params = { matrix: np.array([[1, -2]]), vector: np.array([1, 1]) };
    // Their norm is 5, so they are clipped to 0.6 and 0.8.
    const gradients = { matrix: np.array([[3, 4]]), vector: np.array([0, 0]) };
    const scalars = { learningRate: np.array(0.1), correction1: np.array(0.1), correction2: np.array(0.05) };
    const next = adamwUpdate(ADAMW_DEFAULTS, gradients, params, initialOptState(params), scalars);
    // At the first step every number moves by the rate against its gradient's sign, and by the rate times the decay.
    const moved = next.params.matrix?.dataSync() ?? [];
    expect(moved[0]).toBeCloseTo(1 - 0.1 * (1 + 0.1 * 1), 5);
    expect(moved[1]).toBeCloseTo(-2 - 0.1 * (1 + 0.1 * -2), 5);
    expect([...(next.params.vector?.dataSync() ?? [])]).toEqual([1, 1]);
    const [first, second] = [next.state.first.matrix?.dataSync() ?? [], next.state.second.matrix?.dataSync() ?? []];
    expect(first[0]).toBeCloseTo(0.1 * 0.6, 5);
    expect(second[1]).toBeCloseTo(0.05 * 0.64, 5);
  });
});
