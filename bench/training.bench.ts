import type { Measure } from "./measure";
import { measureInPage } from "./page";

/** Pretraining of the tiny model: tokens per second on every backend of this machine. */
export const measure: Measure = (log) => measureInPage("training-page.ts", "measureTraining", log);
