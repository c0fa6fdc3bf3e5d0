import { LabError } from "../core/errors";
import { capacityOf, type ModelInfo } from "../core/model";
import type { Problem } from "../core/problem";
import type { Step } from "../core/step";
import type { BackendName } from "../model/backend";
import type { EndpointSettings } from "../ports/endpoint";
import type { CustomModel } from "../ports/model-catalog";
import type { PolicyModel, SampleRequest, SampleResult, WeightsHolder } from "../ports/policy-model";
import type { StepScorer, StepScores } from "../ports/step-scorer";
import type { GeneratedTests, TestGenerator } from "../ports/test-generator";
import { Connection, serve } from "./connection";

/** What the tiny model runs on; `auto` takes what is fastest here. */
export type BackendChoice = BackendName | "auto";

/** What an engine needs besides the model's name. */
export interface ModelSettings {
  /** Of an OpenAI-compatible endpoint. */
  readonly endpoint?: EndpointSettings;
  /** WebLLM models that the user added. */
  readonly customModels?: readonly CustomModel[];
}

/** What the model worker is started with. */
export interface ModelWorkerOptions extends ModelSettings {
  /** For `parseModelRef`. */
  readonly model: string;
  /** Of the tiny model; the others run where they run. */
  readonly backend: BackendChoice;
  /** Absolute address of the folder that holds `models/`, with a slash at its end. */
  readonly baseUrl: string;
}

/** A model in all the roles it can play. */
export interface ModelRoles {
  readonly policy: PolicyModel;
  readonly testGenerator: TestGenerator;
  /** Absent where the model cannot say how good a step is. */
  readonly scorer?: StepScorer;
  /** Absent where its weights are as they are. */
  readonly weights?: WeightsHolder;
}

/** What the model worker answers. */
export type ModelService = {
  info(): ModelInfo;
  /** Whether `score` can be asked. */
  canScore(): boolean;
  sample(requests: readonly SampleRequest[], signal: AbortSignal): Promise<readonly SampleResult[]>;
  generate(problem: Problem, count: number, seed: number, signal: AbortSignal): Promise<GeneratedTests>;
  score(problem: Problem, paths: readonly (readonly Step[])[], signal: AbortSignal): Promise<StepScores>;
  /** See {@link WeightsHolder}; what was asked for before is answered by the weights of before. */
  loadWeights(file: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<ModelInfo>;
  /** Wall milliseconds since the worker started during which at least one answer was under way. */
  busyMs(): number;
  /** Answers the same calls over a port as well. */
  connect(port: MessagePort): void;
};

/** Adds up the time during which at least one piece of work is under way. */
class BusyClock {
  #underWay = 0;
  #since = 0;
  #total = 0;

  get ms(): number {
    return this.#total + (this.#underWay > 0 ? performance.now() - this.#since : 0);
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#underWay++ === 0) this.#since = performance.now();
    try {
      return await work();
    } finally {
      if (--this.#underWay === 0) this.#total += performance.now() - this.#since;
    }
  }
}

/**
 * The service of a model. A model that computes a batch or a single sequence answers calls one after another, in the order
 * they came: two at once would share its device and finish no sooner. Any other gets every call at once, and bounds what it
 * has under way itself.
 */
export function createModelService({ policy, testGenerator, scorer, weights }: ModelRoles): ModelService {
  const { batching } = policy.info;
  const isConcurrent = batching !== undefined && batching.kind !== "batch" && capacityOf(batching) > 1;
  const clock = new BusyClock();
  let last: Promise<unknown> = Promise.resolve();
  const answer = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const begin = () => {
      signal.throwIfAborted();
      return clock.during(work);
    };
    const turn = (isConcurrent ? Promise.resolve() : last).then(begin);
    last = turn.catch(() => {});
    return turn;
  };
  const service: ModelService = {
    info: () => policy.info,
    canScore: () => scorer !== undefined,
    sample: (requests, signal) => answer(signal, () => policy.sample(requests, signal)),
    generate: (problem, count, seed, signal) =>
      answer(signal, () => testGenerator.generate(problem, count, seed, signal)),
    score: (problem, paths, signal) =>
      answer(signal, async () => {
        if (!scorer) throw new LabError("model/no-scorer", "This model cannot score steps.");
        return scorer.score(problem, paths, signal);
      }),
    loadWeights: (file, signal) =>
      answer(signal, async () => {
        if (!weights) throw new LabError("model/fixed-weights", "The weights of this model cannot be replaced.");
        return weights.loadWeights(file);
      }),
    busyMs: () => clock.ms,
    connect: (port) => serve(service, port),
  };
  return service;
}

/** What people read when something is wrong with it. */
export const MODEL_NAME = "The model worker";

/** A model in its roles: it proposes steps, it writes tests, and where it can it scores steps. */
export interface Model extends PolicyModel, TestGenerator, WeightsHolder {
  readonly scorer?: StepScorer;
  /** Asks again what the model is: somebody else may have given it other weights. Then `info` is true again. */
  refresh(): Promise<void>;
}

/** The model behind a port that {@link ModelClient.openPort} opened. */
export function modelOverPort(port: MessagePort): Promise<Model> {
  return modelOver(new Connection<ModelService>(port, MODEL_NAME));
}

/** The model behind a connection. @throws LabError as {@link Connection.call}. */
export async function modelOver(connection: Connection<ModelService>): Promise<Model> {
  let info = await connection.call("info", []);
  const canScore = await connection.call("canScore", []);
  const never = new AbortController().signal;
  const scorer: StepScorer = {
    score: (problem, paths, signal = never) => connection.call("score", [problem, paths, signal]),
  };
  return {
    get info() {
      return info;
    },
    async refresh() {
      info = await connection.call("info", []);
    },
    async loadWeights(file) {
      info = await connection.call("loadWeights", [file, never]);
      return info;
    },
    sample: (requests, signal = never) => connection.call("sample", [requests, signal]),
    generate: (problem, count, seed, signal = never) => connection.call("generate", [problem, count, seed, signal]),
    ...(canScore ? { scorer } : {}),
  };
}
