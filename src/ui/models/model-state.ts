import { parseModelRef } from "../../core/model-ref";
import type { Problem } from "../../core/problem";
import { tinyModelFault } from "../../experiment/spec/entry-point";
import type { CatalogListing } from "../../ports/model-catalog";
import { formatBytes } from "../shared/format";
import { hostOf } from "./model-words";

/** What to know of the model that is set up before it runs. */
export interface ModelState {
  readonly text: string;
  /** `fault`: it cannot run. `download`: running it fetches it first. */
  readonly kind: "ready" | "download" | "fault";
}

const NOT_LISTED = "There is no such model in the list of this browser.";

/** The state of a model; null where there is nothing to say, or nothing is known yet. */
export function modelState(model: string, listing: CatalogListing | null, problem: Problem | null): ModelState | null {
  const ref = parseModelRef(model);
  if (ref.engine === "tiny") {
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
