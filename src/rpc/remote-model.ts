import type { PolicyModel } from "../ports/policy-model";
import type { StepScorer } from "../ports/step-scorer";
import type { TestGenerator } from "../ports/test-generator";
import { Connection } from "./connection";
import type { ModelService } from "./model-service";

/** What people read when something is wrong with it. */
export const MODEL_NAME = "The model worker";

/** A model in its roles: it proposes steps, it writes tests, and where it can it scores steps. */
export interface Model extends PolicyModel, TestGenerator {
  readonly scorer?: StepScorer;
}

/** The model behind a port that {@link ModelClient.openPort} opened. */
export function modelOverPort(port: MessagePort): Promise<Model> {
  return modelOver(new Connection<ModelService>(port, MODEL_NAME));
}

/** The model behind a connection. @throws LabError as {@link Connection.call}. */
export async function modelOver(connection: Connection<ModelService>): Promise<Model> {
  const [info, canScore] = await Promise.all([connection.call("info", []), connection.call("canScore", [])]);
  const never = new AbortController().signal;
  const scorer: StepScorer = {
    score: (problem, paths, signal = never) => connection.call("score", [problem, paths, signal]),
  };
  return {
    info,
    sample: (requests, signal = never) => connection.call("sample", [requests, signal]),
    generate: (problem, count, seed, signal = never) => connection.call("generate", [problem, count, seed, signal]),
    ...(canScore ? { scorer } : {}),
  };
}
