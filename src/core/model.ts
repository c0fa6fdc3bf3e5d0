import { LabError } from "./errors";
import type { ProtocolName } from "./protocol/protocol";

/** Which model an experiment uses. It has no place for a key. */
export type ModelRef =
  | {
      readonly engine: "tiny";
      /** Checkpoints that stand in for the shipped weights, by the ids they are kept under: as policy, ... */
      readonly checkpoint?: string;
      /** ... as the process reward model that scores steps (without one, none does) ... */
      readonly scorer?: string;
      /** ... and as the test-case generator; without one, the policy writes the tests. */
      readonly testGenerator?: string;
    }
  | {
      readonly engine: "webllm";
      /** A `model_id` of WebLLM's list, or of a model the user added. */
      readonly id: string;
    }
  | {
      readonly engine: "openai";
      /** Such as `http://localhost:8000/v1`, without a slash at its end. */
      readonly baseUrl: string;
      readonly model: string;
    };

const HINT = "Write tiny, tiny@<checkpoint>, webllm:<model id> or openai:<base URL>#<model>.";

/** `tiny`, its policy's checkpoint, and those of its helpers. */
const TINY = /^tiny(?:@([\w.-]+))?(?:\+scorer@([\w.-]+))?(?:\+tests@([\w.-]+))?$/;

/**
 * Reads `tiny`, `tiny@<checkpoint>`, `tiny@<checkpoint>+scorer@<checkpoint>+tests@<checkpoint>` (each part may be left out),
 * `webllm:<model id>` or `openai:<base URL>#<model>`, the form that specifications, links and commands hold.
 * @throws LabError `input/model` when it is none of them, or when a URL carries a user name or a password.
 */
export function parseModelRef(text: string): ModelRef {
  const tiny = TINY.exec(text);
  if (tiny) {
    const [, checkpoint, scorer, testGenerator] = tiny;
    return {
      engine: "tiny",
      ...(checkpoint === undefined ? {} : { checkpoint }),
      ...(scorer === undefined ? {} : { scorer }),
      ...(testGenerator === undefined ? {} : { testGenerator }),
    };
  }
  const [, engine, rest = ""] = /^(webllm|openai):(.+)$/s.exec(text) ?? [];
  if (engine === "webllm") return { engine, id: rest };
  if (engine === "openai") {
    const cut = rest.lastIndexOf("#");
    const model = cut < 0 ? "" : rest.slice(cut + 1);
    const address = /^(https?):\/\/([^/\s?#]+)(\/[^\s?#]*)?$/.exec(cut < 0 ? rest : rest.slice(0, cut));
    if (model === "") throw new LabError("input/model", `"${text}" names no model after #.`, HINT);
    if (address === null) throw new LabError("input/model", `"${rest.slice(0, cut)}" is not a base URL.`, HINT);
    if (address[2]?.includes("@")) {
      throw new LabError(
        "input/model",
        "The base URL holds a user name or a password.",
        "Give a key in its own field.",
      );
    }
    return { engine, baseUrl: rest.slice(0, cut).replace(/\/+$/, ""), model };
  }
  throw new LabError("input/model", `"${text}" names no model.`, HINT);
}

/** The inverse of {@link parseModelRef}. */
export function formatModelRef(ref: ModelRef): string {
  if (ref.engine === "tiny") {
    const part = (mark: string, id: string | undefined) => (id === undefined ? "" : `${mark}@${id}`);
    return `tiny${part("", ref.checkpoint)}${part("+scorer", ref.scorer)}${part("+tests", ref.testGenerator)}`;
  }
  return ref.engine === "webllm" ? `webllm:${ref.id}` : `openai:${ref.baseUrl}#${ref.model}`;
}

/** What an engine can do with requests that come at once: whoever has many asks for so much at a time. */
export type Batching =
  /** Computes up to `size` completions together: requests are best gathered into one call. */
  | { readonly kind: "batch"; readonly size: number }
  /** Goes on with up to `count` growing conversations that it keeps; what is beyond them waits. */
  | { readonly kind: "sequences"; readonly count: number }
  /** Answers up to `limit` requests at once, each on its own; what is beyond them waits. */
  | { readonly kind: "requests"; readonly limit: number };

/** Requests that are worth having under way at once. At least 1. */
export function capacityOf(batching: Batching): number {
  switch (batching.kind) {
    case "batch":
      return batching.size;
    case "sequences":
      return batching.count;
    case "requests":
      return batching.limit;
  }
}

/** Which model answered, and how: part of every record. */
export interface ModelInfo {
  /** For instance `tiny` or `webllm:Qwen2.5-Coder-1.5B`. */
  readonly id: string;
  /** For instance `wasm-threads`, `wasm`, `webgpu`, `scripted`. */
  readonly backend: string;
  /** Tokens of prompt and completion together. */
  readonly contextLength: number;
  /** A hash of the weights, when known: two runs are comparable only if it is equal. */
  readonly weights?: string;
  /** How reasoning steps travel to it and back; `tiny` when it is not said. */
  readonly protocol?: ProtocolName;
  /** Not said in records of before, nor by a model that does not mind. */
  readonly batching?: Batching;
}
