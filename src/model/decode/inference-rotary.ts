import { numpy as np } from "@jax-js/jax";
import { headSize, type ModelConfig } from "../network/config";
import type { InferenceRotary } from "./inference";

/** The rotary table of positions [rows, T], row-major; made on the host, because a kernel costs more than so few numbers. */
export function rotaryOnHost(config: ModelConfig, positions: readonly number[], rows: number): InferenceRotary {
  const half = headSize(config) / 2;
  const cos = new Float32Array(positions.length * 2 * half);
  const sin = new Float32Array(positions.length * 2 * half);
  for (const [i, position] of positions.entries()) {
    for (let pair = 0; pair < half; pair++) {
      const angle = position * config.rope_theta ** (-pair / half);
      const first = i * 2 * half + pair;
      cos[first] = cos[first + half] = Math.cos(angle);
      sin[first] = -Math.sin(angle);
      sin[first + half] = Math.sin(angle);
    }
  }
  const shape = [rows, positions.length / rows, 1, 1, 2, half];
  return {
    cos: np.array(cos, { shape, dtype: np.float32 }),
    sin: np.array(sin, { shape, dtype: np.float32 }),
  };
}
