import { migrateConfig, migrateSpec } from "../experiment/spec/migration";

/** A run as it stands in a file of any version: its specification and its first event as the newest one has them. Not validated. */
export function migrateRun({ spec, events }: { readonly spec: unknown; readonly events: unknown }) {
  return { spec: migrateSpec(spec), events: Array.isArray(events) ? events.map(migrateEvent) : events };
}

function migrateEvent(timed: unknown): unknown {
  const event = (timed as { readonly event?: { readonly type?: unknown; readonly config?: unknown } } | null)?.event;
  if (event?.type !== "started") return timed;
  return { ...(timed as object), event: { ...event, config: migrateConfig(event.config) } };
}
