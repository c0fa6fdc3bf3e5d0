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

/** What changes from step to step, as scalars on the device or numbers. */
export type StepScalars = {
  readonly learningRate: JaxArray | number;
  /** 1 - beta1^t at step t = 1, 2, ... */
  readonly correction1: JaxArray | number;
  readonly correction2: JaxArray | number;
};

/** All moments zero. `params` is kept. */
export function initialOptState(params: Params): OptState {
  const zeros = () => mapParams(params, (array) => np.zeros(array.shape));
  return { first: zeros(), second: zeros() };
}

/** The global norm of gradients, which are kept: a scalar. */
export function globalNorm(gradients: Params): JaxArray {
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
  scalars: { readonly [key in keyof StepScalars]: JaxArray },
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

function named(params: Params, name: string): JaxArray {
  const array = params[name];
  if (!array) throw new RangeError(`no tensor ${name}`);
  return array;
}

function mapParams(params: Params, map: (array: JaxArray) => JaxArray): Params {
  return Object.fromEntries(Object.entries(params).map(([name, array]) => [name, map(array)]));
}
