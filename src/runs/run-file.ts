import type { ModelInfo } from "../core/model";
import { deriveSeed } from "../core/rng";
import type { TimedEvent } from "../core/run/events";
import { migrateConfig, migrateSpec } from "../experiment/spec/migration";
import type { ExperimentSpec } from "../experiment/spec/spec";

/** The version of {@link RunFile}; files of the first one name neither a version nor an id. */
export const RUN_VERSION = 2;

/** Where a run branched off: the first `event` events of another run are its own beginning. */
export interface RunParent {
  readonly run: string;
  readonly event: number;
}

/** Which run it is, among all of them. */
export interface RunIdentity {
  readonly id: string;
  /** Null for a run that began anew. */
  readonly parent: RunParent | null;
}

/** A run as a document: enough to show it anywhere. What answered, and from which checkpoint, its first event says ({@link modelOf}). */
export interface RunFile extends RunIdentity {
  readonly version: typeof RUN_VERSION;
  /** Null for a run that no search here made: what its events do not say of its settings is not known. */
  readonly spec: ExperimentSpec | null;
  readonly events: readonly TimedEvent[];
}

/** The identity of a run that begins now. */
export function newIdentity(parent: RunParent | null = null): RunIdentity {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return { id: [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""), parent };
}

/** The identity of a run that was kept without one: the same log gives the same id. */
export function identityOf(events: unknown): RunIdentity {
  const text = textOf(events);
  const words = [0, 1, 2, 3].map((part) => (deriveSeed(part, text) >>> 0).toString(16).padStart(8, "0"));
  return { id: words.join(""), parent: null };
}

function textOf(events: unknown): string {
  try {
    return JSON.stringify(events) ?? "";
  } catch {
    return ""; // Nested too deeply, and so no log.
  }
}

/** A run's document. */
export function runFile<Spec extends ExperimentSpec | null>(
  { id, parent }: RunIdentity,
  spec: Spec,
  events: readonly TimedEvent[],
): RunFile & { readonly spec: Spec } {
  return { version: RUN_VERSION, id, parent, spec, events };
}

/** What answered in a run; null when it could not begin. */
export function modelOf(events: readonly TimedEvent[]): ModelInfo | null {
  const started = events[0]?.event;
  return started?.type === "started" ? started.model : null;
}

/** The text of a run's file: JSON, an event a line, so that two runs can be compared with ordinary tools. */
export function formatRunFile({ events, ...about }: RunFile): string {
  const head = JSON.stringify(about).slice(0, -1);
  const lines = events.map((event) => JSON.stringify(event)).join(",\n");
  return `${head},\n"events":[\n${lines}\n]}\n`;
}

/** What stands in a run's file. Not validated. */
type Unread = Readonly<Record<keyof RunFile, unknown>>;

/** A run as it stands in a file of any version, as the newest has it; null for what is no run at all. Not validated. */
export function migrateRun(file: unknown): Unread | null {
  if (typeof file !== "object" || file === null || !("spec" in file) || !("events" in file)) return null;
  const { spec, events } = file;
  const content = { spec: migrateSpec(spec), events: migrateEvents(events) };
  if ("version" in file) return { id: undefined, parent: null, ...file, version: file.version, ...content };
  return { version: RUN_VERSION, ...identityOf(events), ...content };
}

/** A log of any version as the newest has it. Not validated. */
export function migrateEvents(events: unknown): unknown {
  return Array.isArray(events) ? events.map(migrateEvent) : events;
}

function migrateEvent(timed: unknown): unknown {
  const { event } = (timed ?? {}) as { readonly event?: { type?: unknown; config?: unknown; model?: unknown } };
  if (event?.type !== "started") return timed;
  const { config, model } = event;
  return { ...(timed as object), event: { ...event, config: migrateConfig(config), model: migrateModel(model) } };
}

/** `parallelRequests` was 1 of an engine that keeps one conversation, and more of an endpoint. */
function migrateModel(model: unknown): unknown {
  const { parallelRequests: count, ...info } = (model ?? {}) as { readonly parallelRequests?: unknown };
  if (count === undefined) return model;
  return { ...info, batching: count === 1 ? { kind: "sequences", count } : { kind: "requests", limit: count } };
}
