import { LabError } from "../../core/errors";
import { parseModelRef } from "../../core/model";
import type { Problem } from "../../core/problem";
import { ENTRY_POINT } from "../../puzzles/chain";

/**
 * Models that the same settings suit: the tiny one, chat models behind an endpoint, and WebLLM's, which answer one request after
 * another and keep the cache of one growing conversation.
 */
export type ModelFamily = "tiny" | "chat" | "webllm";

/** The family of a model as `formatModelRef` writes it. @throws LabError `input/model`. */
export function familyOf(model: string): ModelFamily {
  const { engine } = parseModelRef(model);
  return engine === "openai" ? "chat" : engine;
}

/**
 * What keeps the tiny model from solving a problem whose function has this name; null when nothing does.
 * It was trained on this one name, so under another none of its programs can pass a test.
 */
export function entryPointFault(entryPoint: string): LabError | null {
  if (entryPoint === ENTRY_POINT) return null;
  return new LabError(
    "input/entry-point",
    `The tiny model always names its function ${ENTRY_POINT}, but this problem calls "${entryPoint}".`,
    `Name the function ${ENTRY_POINT}.`,
  );
}

/**
 * What keeps the tiny model from solving a problem at all; null when nothing does. It writes JavaScript functions only.
 */
export function tinyModelFault({ language, entryPoint }: Pick<Problem, "language" | "entryPoint">): LabError | null {
  const hint = "Choose another model for this problem.";
  if (language !== "javascript") {
    return new LabError("input/language", "The tiny model writes JavaScript, but this problem is in Python.", hint);
  }
  if (entryPoint === null) {
    return new LabError(
      "input/entry-point",
      "The tiny model writes functions, but this problem asks for a whole program.",
      hint,
    );
  }
  return entryPointFault(entryPoint);
}
