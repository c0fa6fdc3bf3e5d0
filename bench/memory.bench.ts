import type { Measure } from "./measure";
import { measureInPage } from "./page";

/** Resident memory of the page along 10,000 samples and 1,000 training steps of the tiny model, on every backend of CPUs: it is to be flat. */
export const measure: Measure = (log) => measureInPage("memory.ts", "measureMemory", log);
