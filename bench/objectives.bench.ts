import type { Measure } from "./measure";
import { measureInPage } from "./page";

/**
 * Each objective of fine-tuning on the usual path: speed, the wait for the first evaluation that is better than the one before training,
 * memory over 200 steps, and how late the page's own work comes meanwhile. Takes some minutes.
 */
export const measure: Measure = (log) => measureInPage("objectives.ts", "measureObjectives", log);
