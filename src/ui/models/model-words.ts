import { type ModelRef, parseModelRef } from "../../core/model";
import type { Problem } from "../../core/problem";
import { tinyModelFault } from "../../experiment/spec/model-family";
import type { KeptCheckpoint } from "../../ports/checkpoint-store";
import type { CatalogListing, CatalogModel } from "../../ports/model-catalog";
import { formatBytes } from "../shared/format";

/** What a model is called where there is a line for it. */
interface ModelWords {
  readonly name: string;
  /** Where it runs, in few words. */
  readonly place: string;
}

/** The name and the place of a model. WebLLM's names are told from its ids, so that no list has to be loaded for it. */
export function modelWords(ref: ModelRef): ModelWords {
  switch (ref.engine) {
    case "tiny":
      return ref.checkpoint === undefined
        ? { name: ["Tiny model", ...helpersOf(ref)].join(" "), place: "built in" }
        : { name: [`Tiny model ${shortId(ref.checkpoint)}`, ...helpersOf(ref)].join(" "), place: "checkpoint" };
    case "webllm":
      return { name: ref.id.replace(/-MLC$/, ""), place: "WebLLM" };
    case "openai":
      return { name: ref.model, place: hostOf(ref.baseUrl) };
  }
}

/** Enough of a checkpoint's id to tell it from others. */
export function shortId(id: string): string {
  return /^[0-9a-f]{16}$/.test(id) ? id.slice(0, 6) : id;
}

/** Who stands by the tiny model. */
function helpersOf({ scorer, testGenerator }: ModelRef & { readonly engine: "tiny" }): readonly string[] {
  return [
    ...(scorer === undefined ? [] : [`+ scorer ${shortId(scorer)}`]),
    ...(testGenerator === undefined ? [] : [`+ tests ${shortId(testGenerator)}`]),
  ];
}

/** The host of an address, with its port; the address itself when it is none. */
function hostOf(address: string): string {
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

/** What to know of the model that is set up before it runs. */
export interface ModelState {
  readonly text: string;
  /** `fault`: it cannot run. `download`: running it fetches it first. */
  readonly kind: "ready" | "download" | "fault";
}

/** What this browser has of models; null for what was not looked up yet. */
export interface KnownModels {
  readonly listing: CatalogListing | null;
  readonly checkpoints: readonly KeptCheckpoint[] | null;
}

/** The parts that checkpoints play beside or in the tiny model. */
const ROLE_WORDS = { checkpoint: "policy", scorer: "step scorer", testGenerator: "test generator" } as const;

type Role = keyof typeof ROLE_WORDS;

const ROLES = Object.keys(ROLE_WORDS) as readonly Role[];

/** The roles of a model whose checkpoints are not among those that are here. */
export function missingRoles(ref: ModelRef, checkpoints: readonly KeptCheckpoint[]): readonly Role[] {
  if (ref.engine !== "tiny") return [];
  const isHere = (id: string) => checkpoints.some(({ record }) => record.id === id);
  return ROLES.filter((role) => {
    const id = ref[role];
    return id !== undefined && !isHere(id);
  });
}

/** A model without the checkpoints that are not here. */
export function withoutMissing(ref: ModelRef, checkpoints: readonly KeptCheckpoint[]): ModelRef {
  const missing = missingRoles(ref, checkpoints);
  return Object.fromEntries(Object.entries(ref).filter(([key]) => !missing.some((role) => role === key))) as ModelRef;
}

/** Which checkpoints are not here, and how to get them; null when all are. */
function missingWords(ref: ModelRef & { readonly engine: "tiny" }, checkpoints: readonly KeptCheckpoint[]) {
  const missing = missingRoles(ref, checkpoints).map((role) => `${ROLE_WORDS[role]} ${ref[role]}`);
  if (missing.length === 0) return null;
  const [verb, zips] = missing.length === 1 ? ["is", "its zip, and import it"] : ["are", "their zips, and import them"];
  return `The ${missing.join(" and the ")} ${verb} not in this browser. Ask whoever sent this for ${zips}.`;
}

const NOT_LISTED = "There is no such model in the list of this browser.";

/** The state of a model; null where there is nothing to say, or nothing is known yet. */
export function modelState(
  model: string,
  { listing, checkpoints }: KnownModels,
  problem: Problem | null,
): ModelState | null {
  const ref = parseModelRef(model);
  if (ref.engine === "tiny") {
    const missing = checkpoints && missingWords(ref, checkpoints);
    if (missing) return { kind: "fault", text: missing };
    const fault = problem === null ? null : tinyModelFault(problem);
    return fault === null ? null : { kind: "fault", text: fault.message };
  }
  if (ref.engine === "openai") return { kind: "ready", text: `Problems and steps are sent to ${hostOf(ref.baseUrl)}.` };
  if (listing === null) return null;
  const entry = listing.models.find((known) => known.ref === model);
  if (entry === undefined) return { kind: "fault", text: NOT_LISTED };
  if (entry.fault !== null) return { kind: "fault", text: `${entry.fault.message} ${entry.fault.hint}`.trim() };
  if (entry.cachedBytes !== null) return { kind: "ready", text: `${formatBytes(entry.cachedBytes)} in this browser.` };
  const size = entry.vramMB === null ? "it" : `up to ${formatBytes(entry.vramMB * 1e6)}`;
  return { kind: "download", text: `Not here yet: Run downloads ${size} first.` };
}

/** The element that says why the model that is set up cannot run. */
export const MODEL_FAULT_ID = "model-fault";

/** Leads to the way out of what is wrong with the model. */
export function focusModelFault(): void {
  document.querySelector<HTMLButtonElement>(`#${MODEL_FAULT_ID} button`)?.focus();
}
