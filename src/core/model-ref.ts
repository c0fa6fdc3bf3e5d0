import { LabError } from "./errors";

/** Which model an experiment uses. It has no place for a key. */
export type ModelRef =
  | { readonly engine: "tiny" }
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

const HINT = "Write tiny, webllm:<model id> or openai:<base URL>#<model>.";

/**
 * Reads `tiny`, `webllm:<model id>` or `openai:<base URL>#<model>`, the form that specifications, links and commands hold.
 * @throws LabError `input/model` when it is none of them, or when a URL carries a user name or a password.
 */
export function parseModelRef(text: string): ModelRef {
  if (text === "tiny") return { engine: "tiny" };
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
  if (ref.engine === "tiny") return "tiny";
  return ref.engine === "webllm" ? `webllm:${ref.id}` : `openai:${ref.baseUrl}#${ref.model}`;
}
