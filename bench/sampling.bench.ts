import type { Measure } from "./measure";
import { measureInPage } from "./page";

/** The tiny model: sampled tokens per second at batch 1, 8 and 32, on every backend of this machine. */
export const measure: Measure = (log) => measureInPage("sampling.ts", "measureSampling", log);
