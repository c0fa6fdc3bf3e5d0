import { plannedSimulations, type SearchConfig } from "../../core/config";
import { type Batching, capacityOf, type ModelInfo } from "../../core/model";
import { STRATEGIES } from "../../core/search/strategies/registry";
import type { PolicyModel, SampleRequest, SampleResult } from "../../ports/policy-model";
import type { RunPorts } from "../run/requirements";

/** What is made of a model that does not say what it can do with requests at once. */
const BATCHES: Batching = { kind: "batch", size: 16 };

/** How much is done at once. */
export interface Concurrency {
  readonly config: SearchConfig;
  readonly ports: RunPorts;
  /** Runs under way at once; by default as many as keep the model busy. */
  readonly concurrency?: number;
  /** Begins nothing more, and reaches what is under way. */
  readonly signal?: AbortSignal;
}

/** One of them is done. */
export interface Done<R> {
  /** Index into the items. */
  readonly index: number;
  readonly result: R;
}

/**
 * Does `work` on every item, several at once, with what their runs ask of a model that computes in batches joined. Yields each as it
 * is done. Whoever stops reading stops the work under way; the first failure ends it all.
 */
export async function* concurrently<T, R>(
  { config, ports, concurrency, signal }: Concurrency,
  items: readonly T[],
  work: (item: T, ports: RunPorts, signal: AbortSignal) => Promise<R>,
): AsyncGenerator<Done<R>, void> {
  const stop = new AbortController();
  const forward = () => stop.abort();
  if (signal?.aborted) stop.abort();
  signal?.addEventListener("abort", forward);
  const joined: RunPorts = { ...ports, policy: jointly(ports.policy) };
  const underWay = new Map<number, Promise<Done<R>>>();
  const start = (index: number, item: T): void => {
    const finished = work(item, joined, stop.signal).then((result) => ({ index, result }));
    // When another's failure ends it all first, nobody waits for this one any more.
    finished.catch(() => undefined);
    underWay.set(index, finished);
  };
  const queue = items.entries();
  const most = concurrency ?? defaultConcurrency(config, joined.policy.info);
  try {
    for (;;) {
      while (underWay.size < most && !stop.signal.aborted) {
        const next = queue.next();
        if (next.done) break;
        start(...next.value);
      }
      if (underWay.size === 0) return;
      const done = await Promise.race(underWay.values());
      underWay.delete(done.index);
      yield done;
    }
  } finally {
    signal?.removeEventListener("abort", forward);
    stop.abort();
  }
}

/**
 * As many as together ask for as much at once as the model can make use of; one after the other when one alone does.
 */
function defaultConcurrency(config: SearchConfig, { batching = BATCHES }: ModelInfo): number {
  const strategy = STRATEGIES[config.strategy];
  return Math.max(1, Math.floor(capacityOf(batching) / Math.min(strategy.width(config), plannedSimulations(config))));
}

/** A model that computes in batches gets the requests of all problems joined; any other looks after them itself. */
function jointly(policy: PolicyModel): PolicyModel {
  const { kind } = policy.info.batching ?? BATCHES;
  return kind === "batch" ? coalesce(policy) : policy;
}

interface Call {
  readonly requests: readonly SampleRequest[];
  readonly resolve: (results: readonly SampleResult[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Joins the calls of runs that go on at the same time into common batches: what is asked while a batch is being drawn waits and goes
 * together. By the port's contract a request gets the same completions whatever else is in its batch. Signals are not
 * passed on, because a batch belongs to several runs.
 */
function coalesce(policy: PolicyModel): PolicyModel {
  let waiting: Call[] = [];
  let drawing = false;

  const drawBatch = async (): Promise<void> => {
    const calls = waiting;
    waiting = [];
    try {
      const results = await policy.sample(calls.flatMap(({ requests }) => requests));
      let from = 0;
      for (const { requests, resolve } of calls) {
        resolve(results.slice(from, from + requests.length));
        from += requests.length;
      }
    } catch (thrown) {
      for (const { reject } of calls) reject(thrown);
    }
  };

  const drawAll = async (): Promise<void> => {
    drawing = true;
    // A task later every run that can go on has asked.
    await new Promise((resolve) => setTimeout(resolve, 0));
    while (waiting.length > 0) {
      await drawBatch();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    drawing = false;
  };

  return {
    info: policy.info,
    sample: (requests) =>
      new Promise((resolve, reject) => {
        waiting.push({ requests, resolve, reject });
        if (!drawing) void drawAll();
      }),
  };
}
