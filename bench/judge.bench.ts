import type { Measure } from "./measure";
import { measureInPage } from "./page";

/** The JavaScript sandbox: programs judged per second, and what starting, stopping and recovering cost. */
export const measure: Measure = (log) => measureInPage("judge.ts", "measureJudge", log);
