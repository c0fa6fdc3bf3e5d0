import type { DeadEndReason, StepKind } from "../../step";
import { charge, chargeWhole, type ReadStep } from "../charge";
import type { Completion } from "../completion";
import type { DrawnStep, StepProtocol } from "../protocol";
import { MARKERS, policyPrompt, vanillaPrompt } from "./prompt";

/** A step and where the next one begins. */
interface Span extends ReadStep {
  readonly end: number;
}

const STEP_KINDS = ["define", "refine", "code"] as const satisfies readonly StepKind[];

const ANY_MARKER = new RegExp(Object.values(MARKERS).join("|"), "g");

/** What may follow a path of this many steps (O1-CODER, section 3.2: define, then any number of refines, then code). */
function allowedKinds(precedingSteps: number): readonly StepKind[] {
  return precedingSteps === 0 ? ["define"] : ["refine", "code"];
}

function nextMarker(text: string, from: number): { readonly marker: string; readonly index: number } | null {
  ANY_MARKER.lastIndex = from;
  const match = ANY_MARKER.exec(text);
  return match ? { marker: match[0], index: match.index } : null;
}

function readStep(text: string, start: number, allowed: readonly StepKind[], cut: boolean): Span {
  const kind = STEP_KINDS.find((candidate) => text.startsWith(MARKERS[candidate], start));
  const broken = (deadEnd: DeadEndReason): Span => ({
    start,
    end: text.length,
    step: { kind: kind ?? allowed[0] ?? "define", text: text.slice(start).trim() },
    deadEnd,
  });
  if (kind === undefined) return broken(cut && start === text.length ? "length" : "grammar");
  if (!allowed.includes(kind)) return broken("grammar");
  const from = start + MARKERS[kind].length;
  const next = nextMarker(text, from);
  if (next === null) return broken(cut ? "length" : "grammar");
  if (next.marker !== MARKERS.end) return broken("grammar");
  const content = text.slice(from, next.index).trim();
  if (content === "") return broken("empty");
  return { start, end: next.index + MARKERS.end.length, step: { kind, text: content } };
}

/** What follows a code step is not read: nothing can follow it. */
function readPath(text: string, precedingSteps: number, cut: boolean): readonly Span[] {
  const spans: Span[] = [];
  for (let start = 0; ; ) {
    const span = readStep(text, start, allowedKinds(precedingSteps + spans.length), cut);
    spans.push(span);
    if (span.deadEnd !== undefined || span.step.kind === "code") return spans;
    start = span.end;
  }
}

function readOne(completion: Completion, allowed: readonly StepKind[]): DrawnStep {
  return chargeWhole(completion, readStep(completion.text, 0, allowed, completion.finish === "length"));
}

/** The text protocol of the tiny model: `<define>...<end><refine>...<end><code>...<end><eos>`. */
export const tinyProtocol: StepProtocol = {
  id: "tiny",
  policyPrompt,
  vanillaPrompt,
  stepStop: [MARKERS.end, MARKERS.eos],
  pathStop: [MARKERS.eos],
  parseStep: (completion, prefix) => readOne(completion, allowedKinds(prefix.length)),
  parsePath: (completion, prefix) =>
    charge(completion, readPath(completion.text, prefix.length, completion.finish === "length")),
  parseCode: (completion) => readOne(completion, ["code"]),
};
