/** What objectives over pairs of texts have in common. */
import { type Array as JaxArray, numpy as np } from "@jax-js/jax";
import type { Params } from "../../model/network/parameters";
import type { BatchShape } from "../data/dataset-stream";
import { named } from "../optimizer";
import type { HostArray } from "./objective";

/** Pairs of one batch at most: all that find room when a pair takes two thirds of a row. */
export function pairsPerBatch({ rows }: BatchShape): number {
  return Math.ceil(1.5 * rows);
}

/** An array of zeros. */
export function zeros(...shape: readonly number[]): HostArray & { readonly data: Float32Array<ArrayBuffer> } {
  return { shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)) };
}

/** -log sigmoid(x) = log(1 + e^-x), elementwise, in a form that overflows on neither side, nor does its gradient. */
export function negativeLogSigmoid(x: JaxArray): JaxArray {
  const positive = np.maximum(x.ref.neg(), 0);
  const minusSize = x.neg().sub(positive.ref.mul(2));
  return positive.add(np.log(np.exp(minusSize).add(1)));
}

/** How figures [P] of pairs are averaged: over those that the target `present` [P] marks with 1. */
export function pairMeans(targets: Params) {
  const present = named(targets, "present");
  const count = np.maximum(np.sum(present.ref), 1);
  return {
    /** Consumes what it averages. */
    mean: (figures: JaxArray): JaxArray => np.sum(figures.mul(present.ref)).div(count.ref),
    /** Ends their use; how many pairs there are. */
    finish: (): JaxArray => {
      present.dispose();
      return count;
    },
  };
}
