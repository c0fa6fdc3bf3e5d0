import { gunzipSync, strFromU8 } from "fflate";
import { LabError } from "../core/errors";
import { isJsonValue } from "../core/problem";
import { SPEC_VERSION } from "../experiment/spec/migration";
import { toSpecError } from "../experiment/spec/parts";
import { PRESETS, type PresetName } from "../experiment/spec/presets";
import { experimentSpecSchema } from "../experiment/spec/spec";
import { type Flat, flattenConfig, SEARCH, type Shared, withSettings } from "./link";

/**
 * Reads the hash of a link; null when it is empty, which is an ordinary first visit.
 * @throws LabError `link/*`: one sentence that says what is wrong. The reader's own state is theirs to keep.
 */
export function decodeHash(hash: string): Shared | null {
  try {
    return decode(hash.replace(/^#/, ""));
  } catch (thrown) {
    const mended = mend(hash.replace(/^#/, ""));
    if (mended === hash.replace(/^#/, "")) throw thrown;
    return decode(mended);
  }
}

/** What mailers, chats and campaigns add to a link's end as if it were a query. */
const TRACKING = /(^|&)(utm_\w+|fbclid|gclid|mc_[ce]id|igshid|ref|ref_src|source)=[^&]*/gi;

/** The sentence goes on behind a link, or its bracket or quotation mark closes. */
const BEHIND = /(?:[.,;:!?)\]}>'"*_`”’»…]|%(?:29|5D|7D|3E|22|27))+$/i;

/**
 * What a link was before it went through a mail, a chat or a page that wrote its signs in another way: percent-encoded as a whole,
 * quoted-printable (RFC 2045, 6.7), with `&amp;` for `&`, with something behind it.
 */
function mend(hash: string): string {
  let text = hash;
  for (let i = 0; i < 3 && !/[=&]/.test(text) && /%(25)*3D/i.test(text); i++) text = percentDecoded(text);
  // There, each sign that was one is `=3D`; any other is where a line was broken.
  if (/=3D/i.test(text))
    text = text.replace(/=(3D|(?:%0D|%0A|%20|\s)+)?/gi, (_, code) => (/3D/i.test(code) ? "=" : ""));
  text = text.replace(/&(?:amp;|#38;|#x26;)+|%26amp;/gi, "&");
  return text.replace(TRACKING, "").replace(/^&/, "").replace(BEHIND, "");
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function decode(hash: string): Shared | null {
  const pairs = parsePairs(hash);
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

function parsePairs(hash: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(hash)) {
    if (pairs.has(key))
      throw new LabError("link/duplicate-key", `The link gives ${key} twice.`, "Remove one of the two.");
    pairs.set(key, value);
  }
  return pairs;
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
      : `The link names the preset ${JSON.stringify(name)}, which does not exist.`,
    `The presets are ${Object.keys(PRESETS).join(", ")}.`,
  );
}

/** Where a number is expected: a link's values are texts, whose look tells numbers and null. There is no -0. */
function numeric(value: unknown): unknown {
  if (value === "null") return null;
  const isNumber = typeof value === "number" || (typeof value === "string" && NUMBER.test(value));
  return isNumber ? Number(value) + 0 : value;
}

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

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
      changes.set(path, likeSetting(settings.get(path), value));
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

/** A link's values are texts: what the setting is tells what they stand for. */
function likeSetting(setting: unknown, value: unknown): unknown {
  if (typeof setting === "string") return value;
  if (typeof setting === "boolean") return value === "true" || (value === "false" ? false : value);
  return numeric(value);
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

/** Most characters of a packed value, and most bytes it may unpack to: a link is no way to fill a reader's memory. */
const MAX_PACKED_LENGTH = 400_000;
const MAX_UNPACKED_BYTES = 4_000_000;

/**
 * Reads what `pack` in link.ts has written.
 * @throws LabError `link/corrupt` or `link/too-large`.
 */
function unpack(text: string): unknown {
  if (text.length > MAX_PACKED_LENGTH) {
    throw new LabError(
      "link/too-large",
      "The packed part of the link (z=) is too long.",
      "Share a file instead of a link.",
    );
  }
  let bytes: Uint8Array;
  try {
    bytes = fromBase64Url(text);
  } catch (error) {
    throw corrupt(error);
  }
  const size = unpackedSize(bytes);
  if (size > MAX_UNPACKED_BYTES) throw corrupt();
  try {
    // With the size given, the decoder fails instead of growing when the stream holds more than it says.
    const value: unknown = JSON.parse(strFromU8(gunzipSync(bytes, { out: new Uint8Array(size) })));
    if (isJsonValue(value)) return value;
  } catch (error) {
    throw corrupt(error);
  }
  throw corrupt();
}

/** The size gzip says its content has: the last four bytes, little-endian. */
function unpackedSize(bytes: Uint8Array): number {
  return bytes.length < 18 ? Number.POSITIVE_INFINITY : new DataView(bytes.buffer).getUint32(bytes.length - 4, true);
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

function corrupt(cause?: unknown): LabError {
  return new LabError(
    "link/corrupt",
    "The packed part of the link (z=) cannot be read.",
    "It was probably cut off when it was copied: ask for the whole link.",
    { cause },
  );
}

/**
 * How a link of version n becomes one of version n + 1; the entry at index 0 is for version 1. A version that was ever
 * released keeps its entry, and one frozen link in link.test.ts.
 */
const MIGRATIONS: readonly ((flat: Flat) => Flat)[] = [
  // Version 2 knows more models, problems and settings; what version 1 left out means what it did.
  (flat) => flat,
];

/**
 * Brings a link's content to the present version.
 * @throws LabError `link/unknown-version`.
 */
function migrate(flat: Flat, version: string | null): Flat {
  const from = version === null ? Number.NaN : Number(version);
  if (!Number.isInteger(from) || from < 1 || from > SPEC_VERSION) {
    throw new LabError(
      "link/unknown-version",
      version === null
        ? "The link does not say which version made it (v= is missing)."
        : `The link is of version ${version}, but the newest that this app reads is version ${SPEC_VERSION}.`,
      "Reload the page to get the newest app, or ask for a new link.",
    );
  }
  return MIGRATIONS.slice(from - 1).reduce((content, step) => step(content), flat);
}
