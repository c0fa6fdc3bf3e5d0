import type { ModelInfo } from "../core/events";
import type { Problem } from "../core/problem";
import type { BackendName } from "../model/backend";
import type { PolicyModel, SampleRequest, SampleResult } from "../ports/policy-model";
import type { GeneratedTests, TestGenerator } from "../ports/test-generator";
import { serve } from "./serve";

/** What the model runs on; `auto` takes what is fastest here. */
export type BackendChoice = BackendName | "auto";

/** What the model worker is started with. */
export interface ModelWorkerOptions {
  readonly backend: BackendChoice;
  /** Absolute address of the folder that holds `models/`, with a slash at its end. */
  readonly baseUrl: string;
}

/** What the model worker answers. */
export type ModelService = {
  info(): ModelInfo;
  sample(requests: readonly SampleRequest[], signal: AbortSignal): Promise<readonly SampleResult[]>;
  generate(problem: Problem, count: number, seed: number, signal: AbortSignal): Promise<GeneratedTests>;
  /** Wall milliseconds spent on `sample` and `generate` since the worker started. */
  busyMs(): number;
  /** Answers the same calls over a port as well. */
  connect(port: MessagePort): void;
};

/**
 * The service of a model. Calls are answered one after another, in the order they came: two at once would share the
 * device and finish no sooner.
 */
export function createModelService(policy: PolicyModel, tests: TestGenerator): ModelService {
  let last: Promise<unknown> = Promise.resolve();
  let busyMs = 0;
  const timed = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    const start = performance.now();
    try {
      return await work();
    } finally {
      busyMs += performance.now() - start;
    }
  };
  const inTurn = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const turn = last.then(() => timed(signal, work));
    last = turn.catch(() => {});
    return turn;
  };
  const service: ModelService = {
    info: () => policy.info,
    sample: (requests, signal) => inTurn(signal, () => policy.sample(requests, signal)),
    generate: (problem, count, seed, signal) => inTurn(signal, () => tests.generate(problem, count, seed, signal)),
    busyMs: () => busyMs,
    connect: (port) => serve(service, port),
  };
  return service;
}
