import { type ModelRef, parseModelRef } from "../../core/model-ref";
import type { CatalogModel } from "../../ports/model-catalog";

/** What a model is called where there is a line for it. */
export interface ModelWords {
  readonly name: string;
  /** Where it runs, in few words. */
  readonly place: string;
}

/** The name and the place of a model. WebLLM's names are told from its ids, so that no list has to be loaded for it. */
export function modelWords(ref: ModelRef): ModelWords {
  switch (ref.engine) {
    case "tiny":
      return { name: "Tiny model", place: "built in" };
    case "webllm":
      return { name: ref.id.replace(/-MLC$/, ""), place: "WebLLM" };
    case "openai":
      return { name: ref.model, place: hostOf(ref.baseUrl) };
  }
}

/** The host of an address, with its port; the address itself when it is none. */
export function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

/** The id of a WebLLM model. */
export function webllmId({ ref }: Pick<CatalogModel, "ref">): string {
  const parsed = parseModelRef(ref);
  return parsed.engine === "webllm" ? parsed.id : ref;
}

/** MLC's name of a quantisation in words: `4-bit, f16` for `q4f16_1`, `f32` for the unquantised `q0f32`. */
export function quantizationWords(quantization: string): string {
  const [, bits, floats] = /^q(\d+)(f\d+)/.exec(quantization) ?? [];
  if (bits === undefined || floats === undefined) return quantization;
  return bits === "0" ? floats : `${bits}-bit, ${floats}`;
}
