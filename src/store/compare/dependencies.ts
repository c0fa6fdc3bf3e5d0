import type { ComparisonOutcome } from "../../experiment/compare/cells";
import type { ComparisonSpec } from "../../experiment/compare/spec";
import type { ComparisonArchive } from "../../ports/comparison-archive";
import type { ComparisonRunner } from "../../ports/comparison-runner";
import type { ComparisonRequest } from "../../rpc/comparison-runner";

/** What comparisons need of the world; chosen in main.tsx. */
export interface ComparisonDependencies {
  readonly runner: ComparisonRunner<ComparisonRequest, ComparisonOutcome>;
  readonly archive: ComparisonArchive<ComparisonSpec, ComparisonOutcome>;
  /** Does something that only one tab may do at a time; false, with nothing done, when another one is at it. */
  readonly exclusively: (name: string, work: () => Promise<void>) => Promise<boolean>;
}
