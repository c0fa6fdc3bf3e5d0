import type { BenchOutcome } from "../../experiment/bench/cells";
import type { BenchSpec } from "../../experiment/bench/spec";
import type { BenchArchive } from "../../ports/bench-archive";
import type { BenchRunner } from "../../ports/bench-runner";
import type { BenchRequest } from "../../rpc/bench-runner";

/** What comparisons need of the world; chosen in main.tsx. */
export interface BenchDependencies {
  readonly runner: BenchRunner<BenchRequest, BenchOutcome>;
  readonly archive: BenchArchive<BenchSpec, BenchOutcome>;
  /** Does something that only one tab may do at a time; false, with nothing done, when another one is at it. */
  readonly exclusively: (name: string, work: () => Promise<void>) => Promise<boolean>;
}
