import { type Array as JaxArray, numpy as np } from "@jax-js/jax";
import type { Params } from "../model/network/parameters";

/** Constants of AdamW (Loshchilov and Hutter 2019). */
export interface AdamWConfig {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled decay of matrices, per unit of learning rate; norms are left alone. */
  readonly weightDecay: number;
  /** Gradients are scaled down to this global norm (Pascanu et al. 2013). */
  readonly clipNorm: number;
}

export const ADAMW_DEFAULTS: AdamWConfig = {
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.1,
  clipNorm: 1,
};

/** First and second moments, under the parameters' names. A type, not an interface: jax-js wants an index signature. */
export type OptState = {
  readonly first: Params;
  readonly second: Params;
};

/** What changes from step to step, each a scalar. A type, not an interface: jax-js wants an index signature. */
export type StepScalars = {
  readonly learningRate: JaxArray;
  /** 1 - beta1^t at step t = 1, 2, ... */
  readonly correction1: JaxArray;
  readonly correction2: JaxArray;
};

/** All moments zero. `params` is kept. */
export function initialOptState(params: Params): OptState {
  const zeros = () => mapParams(params, (array) => np.zeros(array.shape));
  return { first: zeros(), second: zeros() };
}

/** The global norm of gradients, which are kept: a scalar. */
function globalNorm(gradients: Params): JaxArray {
  const squares = Object.values(gradients).map((gradient) => np.sum(gradient.ref.mul(gradient.ref)));
  return np.sqrt(squares.reduce((sum, square) => sum.add(square)));
}

/**
 * One update. Consumes gradients, parameters and state, and returns the new parameters and state.
 * Inside jit each tensor costs three kernels, whatever its size.
 */
export function adamwUpdate(
  config: AdamWConfig,
  gradients: Params,
  params: Params,
  state: OptState,
  scalars: StepScalars,
): { params: Params; state: OptState } {
  const clip = np.minimum(np.reciprocal(globalNorm(gradients).add(1e-6)).mul(config.clipNorm), 1);
  const next = { params: {} as Params, state: { first: {} as Params, second: {} as Params } };
  for (const [name, array] of Object.entries(params)) {
    const gradient = named(gradients, name).mul(clip.ref);
    const first = mix(named(state.first, name), gradient.ref, config.beta1);
    const second = mix(named(state.second, name), gradient.ref.mul(gradient), config.beta2);
    const deviation = np.sqrt(second.ref.div(scalars.correction2.ref)).add(config.epsilon);
    const direction = first.ref.div(scalars.correction1.ref).div(deviation);
    const decay = array.ndim > 1 ? config.weightDecay : 0;
    next.params[name] = array.ref.sub(direction.add(array.mul(decay)).mul(scalars.learningRate.ref));
    next.state.first[name] = first;
    next.state.second[name] = second;
  }
  return next;
}

function mix(old: JaxArray, fresh: JaxArray, keep: number): JaxArray {
  return old.mul(keep).add(fresh.mul(1 - keep));
}

/** @throws RangeError when there is no such tensor */
export function named(params: Params, name: string): JaxArray {
  const array = params[name];
  if (!array) throw new RangeError(`no tensor ${name}`);
  return array;
}

/** Every tensor put through `map`. */
export function mapParams(params: Params, map: (array: JaxArray, name: string) => JaxArray): Params {
  return Object.fromEntries(Object.entries(params).map(([name, array]) => [name, map(array, name)]));
}

/**
 * The learning rate as a share of its peak, in [0, 1], after `progress` (in [0, 1]) of the run: linear warm-up over the first
 * `warmup` of it, then a half cosine down to 0 (Loshchilov and Hutter 2017, one cycle).
 */
export function warmupCosine(progress: number, warmup: number): number {
  if (progress < warmup) return progress / warmup;
  const rest = Math.min(1, (progress - warmup) / (1 - warmup));
  return (1 + Math.cos(Math.PI * rest)) / 2;
}
