import { gzipSync, strToU8 } from "fflate";
import type { SearchConfig } from "../core/config";
import { SPEC_VERSION } from "../experiment/spec/migration";
import { PRESETS } from "../experiment/spec/presets";
import type { ProblemRef } from "../experiment/spec/problem-ref";
import type { ExperimentSpec } from "../experiment/spec/spec";

/** What the reader of a link was shown: part of the link, not of the experiment. */
export interface ViewState {
  /** The selected node, or null. */
  readonly node: number | null;
  /** How many events of the log are shown (the scrubber's position), or null for all. */
  readonly event: number | null;
}

/** What a link holds. */
export interface Shared {
  readonly spec: ExperimentSpec;
  readonly view: ViewState;
}

const NO_VIEW: ViewState = { node: null, event: null };

/** What the paths of settings begin with. */
export const SEARCH = "search.";

/**
 * The hash of a link: `#v=2&p=mcts-tiny&problem=even-steven&seed=7&search.tree.exploration=2`. Equal specifications
 * give equal hashes. The model stands there unless it is the tiny one; a model has no place for a key, so a link never
 * holds one. A problem of the user's own is packed (`z=`).
 */
export function encodeSpec(spec: ExperimentSpec, view: ViewState = NO_VIEW): string {
  const flat = toFlat(spec, view);
  if (spec.problem.source === "custom") return `#v=${SPEC_VERSION}&z=${pack(flat)}`;
  const pairs = Object.entries(flat).map(([key, value]) => `${key}=${encodeURIComponent(wellFormed(String(value)))}`);
  return `#v=${SPEC_VERSION}&${pairs.join("&")}`;
}

function flattenProblem(problem: ProblemRef): Flat {
  if (problem.source === "named") return { problem: problem.id };
  if (problem.source === "custom") return { problem };
  if (problem.source === "imported") return { collection: problem.collection, problem: problem.id };
  const { split, tier, index, seed } = problem;
  return {
    "problem.split": split,
    "problem.tier": tier,
    "problem.index": index,
    ...(seed === 0 ? {} : { "problem.seed": seed }),
  };
}

/** Without halves of surrogate pairs, which no address can hold. */
function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}

function toFlat(spec: ExperimentSpec, view: ViewState): Flat {
  const preset = flattenConfig(PRESETS[spec.preset]);
  const changes = [...flattenConfig(spec.config)].filter(([path, value]) => preset.get(path) !== value);
  return {
    p: spec.preset,
    ...flattenProblem(spec.problem),
    ...(spec.model === "tiny" ? {} : { model: spec.model }),
    seed: spec.seed,
    ...Object.fromEntries(changes.map(([path, value]) => [SEARCH + path, value])),
    ...(view.node === null ? {} : { node: view.node }),
    ...(view.event === null ? {} : { event: view.event }),
  };
}

/** A specification as a link holds it: dot paths and plain values. */
export type Flat = Readonly<Record<string, unknown>>;

/** The path of every setting and its value, in a fixed order: `tree.exploration` -> 1. */
export function flattenConfig(config: SearchConfig): ReadonlyMap<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [key, value] of Object.entries(config)) {
    if (typeof value !== "object" || value === null) flat.set(key, value);
    else for (const [inner, leaf] of Object.entries(value)) flat.set(`${key}.${inner}`, leaf);
  }
  return flat;
}

/** `base` with some settings replaced; the result is not validated. Paths must be ones of {@link flattenConfig}. */
export function withSettings(base: SearchConfig, changes: ReadonlyMap<string, unknown>): unknown {
  const result: Record<string, unknown> = { ...base };
  for (const [path, value] of changes) {
    const [key = "", inner] = path.split(".");
    result[key] = inner === undefined ? value : { ...(result[key] as Record<string, unknown>), [inner]: value };
  }
  return result;
}

/** JSON, gzip with a fixed time stamp (equal values give equal links), base64url. */
function pack(value: unknown): string {
  return toBase64Url(gzipSync(strToU8(JSON.stringify(value)), { mtime: 0, level: 9 }));
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
