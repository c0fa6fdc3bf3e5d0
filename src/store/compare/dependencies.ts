import type { CellExecutor, ComparisonArchive } from "../../experiment/compare/compare";

/** What comparisons need of the world; chosen in main.tsx. */
export interface ComparisonDependencies {
  readonly executor: CellExecutor;
  readonly archive: ComparisonArchive;
  /** Does something that only one tab may do at a time; false, with nothing done, when another one is at it. */
  readonly exclusively: (name: string, work: () => Promise<void>) => Promise<boolean>;
}
