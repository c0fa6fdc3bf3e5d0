import { configureGlobal } from "fast-check";

/*
 * Properties are tried on the same texts in every run, so that the suite's verdict is no matter of luck. To try others:
 * `PROPERTY_SEED=7 npx vitest run --project unit`.
 */
configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });
