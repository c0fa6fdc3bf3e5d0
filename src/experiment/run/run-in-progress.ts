import type { SearchConfig } from "../../core/config";
import type { Problem, TestCase } from "../../core/problem";
import type { StepProtocol } from "../../core/protocol/protocol";
import type { RunEvent, RunMode, TimedEvent } from "../../core/run/events";
import { PauseGate } from "./pause-gate";
import { protocolOf, type RunPorts } from "./requirements";
import { timed } from "./round";
import { newRunStats, type RunStats } from "./run-stats";

/** A run to do. */
export interface RunRequest {
  readonly problem: Problem;
  readonly config: SearchConfig;
  readonly seed: number;
  readonly mode: RunMode;
  readonly ports: RunPorts;
  /**
   * The leak guard: in inference this is called only after the `ended` event has been read, and what it gives decides the
   * score and nothing else. In data synthesis it is called before the search, which uses these tests.
   */
  readonly hiddenTests: () => Promise<readonly TestCase[]>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Ends the run soon, with its best answer so far. */
  readonly signal?: AbortSignal;
  readonly gate?: PauseGate;
  /** Whether the step scorer, if there is one, is asked about every step, also where the search does not ask it: for people to see. */
  readonly watch?: boolean;
  /** By default the one the model's info names. */
  readonly protocol?: StepProtocol;
  /** Filled in as the run goes on. */
  readonly stats?: RunStats;
}

/** One run in progress: the clock without its pauses, the state, and what stops it. */
export class Run {
  readonly protocol: StepProtocol;
  readonly stats: RunStats;
  readonly gate: PauseGate;
  readonly controller = new AbortController();
  readonly now: () => number;
  private readonly begun: number;
  private readonly forward = () => this.controller.abort();

  constructor(readonly request: RunRequest) {
    this.protocol = request.protocol ?? protocolOf(request.ports.policy.info);
    this.stats = request.stats ?? newRunStats();
    this.gate = request.gate ?? new PauseGate();
    this.now = request.now;
    this.begun = this.now();
    if (request.signal?.aborted) this.controller.abort();
    request.signal?.addEventListener("abort", this.forward);
  }

  get stopped(): boolean {
    return this.controller.signal.aborted;
  }

  /** Milliseconds since the start, pauses not counted. */
  elapsed(): number {
    return this.now() - this.begun - this.stats.pausedMs;
  }

  get outOfTime(): boolean {
    const { maxSeconds } = this.request.config.budget;
    return maxSeconds !== null && this.elapsed() >= maxSeconds * 1000;
  }

  async passGate(): Promise<void> {
    if (!this.gate.paused) return;
    const arrived = this.now();
    await this.gate.passed(this.controller.signal);
    this.stats.pausedMs += this.now() - arrived;
  }

  /** Hands events to the reader, stamped; the reader's time is kept apart. */
  async *publish(events: readonly RunEvent[]): AsyncGenerator<TimedEvent> {
    for (const event of events) {
      const at = this.elapsed();
      const given = this.now();
      yield { at, event };
      this.stats.consumerMs += this.now() - given;
    }
  }

  close(): void {
    this.request.signal?.removeEventListener("abort", this.forward);
    this.controller.abort();
    this.stats.totalMs = this.now() - this.begun;
  }
}

/** Waits for the model or the sandbox, and adds the time to the stats. */
export function waitFor<T>(run: Run, key: "modelMs" | "judgeMs", action: () => Promise<T>): Promise<T> {
  return timed("waitMs", run, () => timed(key, run, action));
}

/** What prompts came to since then, as one event; none when there were none. */
export function promptedSince(stats: RunStats, before: RunStats): readonly RunEvent[] {
  const promptTokens = stats.promptTokens - before.promptTokens;
  if (promptTokens === 0) return [];
  const prefilledTokens = stats.prefilledTokens - before.prefilledTokens;
  const scorerTokens = stats.scorerTokens - before.scorerTokens;
  return [{ type: "prompted", promptTokens, prefilledTokens, ...(scorerTokens > 0 ? { scorerTokens } : {}) }];
}
