import type { CodeRunner } from "../ports/code-runner";
import type { ProblemStore } from "../ports/problem-store";
import type { ReferenceCheck, ReferenceProgress, ReferenceSummary } from "../ports/reference-check";
import { checkReferences } from "./check-references";

/** Checks the references of collections in a problem store. */
export class CollectionCheck implements ReferenceCheck {
  constructor(
    private readonly store: Pick<ProblemStore, "stored" | "keepCheck">,
    private readonly runner: CodeRunner,
  ) {}

  async check(
    collection: string,
    onProgress: (progress: ReferenceProgress) => void = () => {},
    signal?: AbortSignal,
  ): Promise<ReferenceSummary> {
    const problems = await this.store.stored(collection);
    const checked = await checkReferences(problems, this.runner, { onProgress, ...(signal ? { signal } : {}) });
    const { passed, rows: total, failed, timeLimitsMs } = checked;
    const summary = { passed, total, failed };
    await this.store.keepCheck(collection, summary, timeLimitsMs);
    return summary;
  }
}
