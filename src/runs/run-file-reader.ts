import { LabError } from "../core/errors";
import { replay } from "../core/run/fold";
import { parseSpec } from "../experiment/spec/spec";
import { migrateRun } from "./migration";
import type { RunFile } from "./run-file";
import { eventLogSchema } from "./schema";

/**
 * Reads a run's file, from anyone.
 * @throws LabError `input/*` that says in one sentence what is wrong with the file.
 */
export function parseRunFile(text: string): RunFile {
  const file = migrateRun(readJson(text));
  const spec = parseSpec(file.spec);
  const events = eventLogSchema.safeParse(file.events);
  if (!events.success) {
    const at = events.error.issues[0]?.path[0];
    throw broken(
      typeof at === "number" ? `Event ${at + 1} of the run cannot be read.` : "The file holds no list of events.",
    );
  }
  try {
    replay(events.data);
  } catch (cause) {
    throw broken("The events of the run do not fit together.", { cause });
  }
  if (events.data[0]?.event.type !== "started") throw broken("The run does not begin with its start.");
  return { spec, events: events.data };
}

function readJson(text: string): { readonly spec: unknown; readonly events: unknown } {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (cause) {
    throw broken("The file is not JSON.", { cause });
  }
  if (typeof file === "object" && file !== null && "spec" in file && "events" in file) return file;
  throw broken("The file is not a saved run: it has no spec and events.");
}

function broken(message: string, options?: ErrorOptions): LabError {
  return new LabError("input/not-a-run", message, "Choose a file that Export run has written.", options);
}
