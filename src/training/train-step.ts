import { type Array as JaxArray, jit, numpy as np, valueAndGrad } from "@jax-js/jax";
import type { ModelConfig } from "../model/network/config";
import { weightedCrossEntropy } from "../model/network/loss";
import { keepParams, type Params } from "../model/network/parameters";
import { packedLogits } from "../model/network/transformer";
import { type AdamWConfig, adamwUpdate, type OptState } from "./adamw";
import type { PackedBatch } from "./data/packing";

/** A packed batch on the device; see {@link PackedBatch} for shapes. */
export type DeviceBatch = {
  readonly tokens: JaxArray;
  readonly targets: JaxArray;
  readonly weights: JaxArray;
  readonly positions: JaxArray;
  readonly segments: JaxArray;
};

/** What the step changes. */
export interface TrainState {
  readonly params: Params;
  readonly optState: OptState;
}

/** Puts a batch on the default device. */
export function batchToDevice(batch: PackedBatch): DeviceBatch {
  const shape = [batch.rows, batch.rowTokens];
  return {
    tokens: np.array(batch.tokens, { shape, dtype: np.int32 }),
    targets: np.array(batch.targets, { shape, dtype: np.int32 }),
    weights: np.array(batch.weights, { shape, dtype: np.float32 }),
    positions: np.array(batch.positions, { shape, dtype: np.float32 }),
    segments: np.array(batch.segments, { shape, dtype: np.int32 }),
  };
}

/** The weighted loss of a batch: a scalar. `params` is kept, the batch consumed. */
export function batchLoss(config: ModelConfig, params: Params, batch: DeviceBatch): JaxArray {
  const { tokens, positions, segments } = batch;
  const logits = packedLogits(config, params, { tokens, positions, segments });
  return weightedCrossEntropy(logits, batch.targets.reshape([-1]), batch.weights.reshape([-1]));
}

/** One compiled training step. */
export interface TrainStep {
  /** Consumes state and batch. `step` counts from 1 (Adam's bias correction). */
  run(state: TrainState, batch: PackedBatch, learningRate: number, step: number): { state: TrainState; loss: JaxArray };
  dispose(): void;
}

/** Forward, backward and update as one compiled function; it recompiles for a new batch shape. */
export function createTrainStep(config: ModelConfig, adamw: AdamWConfig): TrainStep {
  const step = jit(
    (
      params: Params,
      optState: OptState,
      batch: DeviceBatch,
      scalars: { learningRate: JaxArray; correction1: JaxArray; correction2: JaxArray },
    ) => {
      const [loss, gradients] = valueAndGrad((live: Params) => batchLoss(config, live, batch))(keepParams(params));
      const next = adamwUpdate(adamw, gradients, params, optState, scalars);
      return { loss, params: next.params, optState: next.state };
    },
  );
  return {
    run(state, batch, learningRate, count) {
      const scalars = {
        learningRate,
        correction1: 1 - adamw.beta1 ** count,
        correction2: 1 - adamw.beta2 ** count,
      };
      const { loss, params, optState } = step(state.params, state.optState, batchToDevice(batch), scalars);
      return { state: { params, optState }, loss };
    },
    dispose: () => step.dispose(),
  };
}
