import type { TimedEvent } from "../core/run/events";
import type { ExperimentSpec } from "../experiment/spec/spec";

/** A run with what it ran: enough to show it anywhere. */
export interface RunFile {
  readonly spec: ExperimentSpec;
  readonly events: readonly TimedEvent[];
}

/** The text of a run's file: JSON, an event a line, so that two runs can be compared with ordinary tools. */
export function formatRunFile({ spec, events }: RunFile): string {
  const lines = events.map((event) => JSON.stringify(event)).join(",\n");
  return `{"spec":${JSON.stringify(spec)},\n"events":[\n${lines}\n]}\n`;
}
