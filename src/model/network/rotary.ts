import { type Array as JaxArray, numpy as np } from "@jax-js/jax";
import { headSize, type ModelConfig } from "./config";

/** Cosines and signed sines of rotary position embeddings, each [..., T, 1, 2, S / 2] (S: head size). */
export interface RotaryTable {
  readonly cos: JaxArray;
  readonly sin: JaxArray;
}

/**
 * The table for positions [..., T] (Su et al. 2021, in transformers' half-split order: number i turns with number i + S / 2).
 * Sines carry the sign of the half they belong to. Consumes `positions`.
 */
export function rotaryTable(config: ModelConfig, positions: JaxArray): RotaryTable {
  const half = headSize(config) / 2;
  const shape = positions.shape;
  const exponents = np
    .arange(half)
    .astype(np.float32)
    .mul(-Math.log(config.rope_theta) / half);
  const angles = positions.reshape([...shape, 1, 1, 1]).mul(np.exp(exponents));
  const sign = np.array([-1, 1], { dtype: np.float32 }).reshape([2, 1]);
  const ones = np.ones([2, 1]);
  return { cos: np.cos(angles.ref).mul(ones), sin: np.sin(angles).mul(sign) };
}

/** Turns x [..., T, H, S] by the table, which is kept. */
export function applyRotary(x: JaxArray, table: RotaryTable): JaxArray {
  const shape = x.shape;
  const size = shape[shape.length - 1] ?? 0;
  const halves = x.reshape([...shape.slice(0, -1), 2, size / 2]);
  const swapped = np.flip(halves.ref, -2);
  return halves.mul(table.cos.ref).add(swapped.mul(table.sin.ref)).reshape(shape);
}
