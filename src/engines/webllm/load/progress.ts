import type { Preparation } from "../../../ports/experiment-runner";
import type { InitProgressReport } from "../package";

/**
 * A download's pace is taken over this many reports: the engine fetches four shards at a time and reports each when it
 * is there.
 */
const PACE_REPORTS = 8;

const PHASES: readonly (readonly [RegExp, string])[] = [
  [/^Loading model from cache/, "Moving the model to the GPU"],
  [/^Loading GPU shader modules/, "Compiling the model's kernels"],
  [/^Finish loading/, "The model is ready"],
];
const FETCHING = /^(?:Start to fetch params|Fetching param cache\[.*?: (\d+)MB fetched)/;

/** Turns the engine's reports, which are sentences with a share, into preparation with bytes and time left. */
export class LoadProgress {
  #totalBytes: number | null = null;
  #reports: { readonly atMs: number; readonly bytes: number }[] = [];

  /** @param nowMs a clock that only goes forward. */
  constructor(private readonly nowMs: () => number) {}

  /** Tells how large the model is; until then the bytes are the engine's own, whole MB. */
  setTotalBytes(bytes: number): void {
    this.#totalBytes = bytes;
  }

  /** What people are told of a report. */
  read({ text, progress }: InitProgressReport): Preparation {
    const fetching = FETCHING.exec(text);
    if (!fetching) {
      const [, message = "Loading the model"] = PHASES.find(([pattern]) => pattern.test(text)) ?? [];
      return { message, fraction: share(progress) };
    }
    const totalBytes = this.#totalBytes;
    const loadedBytes = totalBytes === null ? Number(fetching[1] ?? 0) * 2 ** 20 : Math.round(progress * totalBytes);
    this.#reports = [...this.#reports, { atMs: this.nowMs(), bytes: loadedBytes }].slice(-PACE_REPORTS);
    const secondsLeft = totalBytes === null ? null : this.#secondsLeft(totalBytes - loadedBytes);
    return {
      message: "Downloading the model",
      fraction: share(progress),
      download: { loadedBytes, totalBytes, secondsLeft },
    };
  }

  #secondsLeft(bytes: number): number | null {
    const [first, last] = [this.#reports[0], this.#reports.at(-1)];
    if (!first || !last || last.bytes <= first.bytes || last.atMs <= first.atMs) return null;
    return Math.ceil((bytes * (last.atMs - first.atMs)) / (last.bytes - first.bytes) / 1000);
  }
}

function share(progress: number): number | null {
  return Number.isFinite(progress) ? Math.min(1, Math.max(0, progress)) : null;
}
