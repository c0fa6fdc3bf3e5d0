import { LabError } from "../core/errors";
import type { PresetName } from "../experiment/spec/preset-names";
import { PRESETS } from "../experiment/spec/presets";
import { experimentSpecSchema } from "../experiment/spec/spec";
import { toSpecError } from "../experiment/spec/spec-error";
import { SPEC_VERSION } from "../experiment/spec/version";
import { SEARCH, type Shared } from "./encode";
import { type Flat, flattenConfig, withSettings } from "./flat";
import { migrate } from "./migrations";
import { unpack } from "./pack";

function parsePairs(hash: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(hash)) {
    if (pairs.has(key))
      throw new LabError("link/duplicate-key", `The link gives ${key} twice.`, "Remove one of the two.");
    pairs.set(key, value);
  }
  return pairs;
}

/** A link's values are texts; numbers and null are told by their look where a number is expected. */
function readValue(text: string): unknown {
  if (text === "null") return null;
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readFlat(pairs: Map<string, string>): Flat {
  const packed = pairs.get("z");
  if (packed === undefined) return Object.fromEntries(pairs);
  const flat = unpack(packed);
  if (!isRecord(flat)) throw new LabError("link/corrupt", "The packed part of the link (z=) is not a specification.");
  return flat;
}

function presetOf(flat: Flat): PresetName {
  const name = flat.p;
  if (typeof name === "string" && Object.hasOwn(PRESETS, name)) return name as PresetName;
  throw new LabError(
    "link/unknown-preset",
    name === undefined
      ? "The link names no preset (p= is missing)."
      : `The link names the preset "${String(name)}", which does not exist.`,
    `The presets are ${Object.keys(PRESETS).join(", ")}.`,
  );
}

const numeric = (value: unknown): unknown => (typeof value === "string" ? readValue(value) : value);

function readProblem(flat: Flat): unknown {
  const { problem } = flat;
  if (isRecord(problem)) return problem;
  if (flat.collection !== undefined) {
    return { source: "imported", collection: flat.collection, ...(problem === undefined ? {} : { id: problem }) };
  }
  if (problem !== undefined) return { source: "named", id: problem };
  const parts = Object.entries(flat).filter(([key]) => key.startsWith("problem."));
  if (parts.length === 0) {
    throw new LabError(
      "link/missing",
      "The link names no problem (problem= is missing).",
      "Choose a problem and share again.",
    );
  }
  const fields = parts.map(([key, value]) => [
    key.slice("problem.".length),
    /index|seed/.test(key) ? numeric(value) : value,
  ]);
  return { source: "generated", seed: 0, ...Object.fromEntries(fields) };
}

function readChanges(flat: Flat, preset: PresetName): ReadonlyMap<string, unknown> {
  const settings = flattenConfig(PRESETS[preset]);
  const changes = new Map<string, unknown>();
  for (const [key, value] of Object.entries(flat)) {
    const path = key.startsWith(SEARCH) ? key.slice(SEARCH.length) : null;
    if (path !== null && settings.has(path)) {
      changes.set(path, typeof settings.get(path) === "string" ? value : numeric(value));
    } else if (path !== null || !/^(v|p|seed|node|event|model|collection|problem(\..+)?)$/.test(key)) {
      throw new LabError(
        "link/unknown-key",
        `The link has a setting "${key}", which does not exist.`,
        "Remove it from the link.",
      );
    }
  }
  return changes;
}

function readPosition(flat: Flat, key: "node" | "event"): number | null {
  const value = numeric(flat[key] ?? null);
  if (value === null) return null;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new LabError(
    "link/out-of-range",
    `${key} is ${JSON.stringify(value)} but must be a whole number from 0.`,
    "Remove it from the link.",
  );
}

/**
 * Reads the hash of a link; null when it is empty, which is an ordinary first visit.
 * @throws LabError `link/*`: one sentence that says what is wrong. The reader's own state is theirs to keep.
 */
export function decodeHash(hash: string): Shared | null {
  const pairs = parsePairs(hash.replace(/^#/, ""));
  if (pairs.size === 0) return null;
  if (!["v", "p", "z"].some((key) => pairs.has(key))) {
    throw new LabError(
      "link/not-a-link",
      "This is not a link of the Lab.",
      "Copy the whole link again, or set the experiment up here.",
    );
  }
  const flat = migrate(readFlat(pairs), pairs.get("v") ?? null);
  const preset = presetOf(flat);
  const candidate = {
    version: SPEC_VERSION,
    preset,
    problem: readProblem(flat),
    model: flat.model ?? "tiny",
    seed: numeric(flat.seed),
    config: withSettings(PRESETS[preset], readChanges(flat, preset)),
  };
  const parsed = experimentSpecSchema.safeParse(candidate);
  if (!parsed.success) throw toSpecError("link", parsed.error, candidate);
  return { spec: parsed.data, view: { node: readPosition(flat, "node"), event: readPosition(flat, "event") } };
}
