import type { Measure } from "./measure";
import { measureInPage } from "./page";

/** The interpreters of the Python sandbox: what starting, running, stopping and recovering cost. */
export const measure: Measure = (log) => measureInPage("python-executor.ts", "measurePythonExecutor", log);
