import type { DeadEndReason, Step, StepKind } from "../../step";
import type { Completion, DrawnStep } from "../protocol";
import { charge, chargeWhole, type ReadStep } from "../protocol";
import { maskArtefacts, unmasked } from "./artefacts";
import { endsInLoop } from "./loops";
import { fencedProgram, findProgram } from "./program";
import { type Segment, segmentsOf } from "./segments";
import { tidyPseudocode } from "./tidy";

/** What is known while the steps of one completion are read. */
interface Reading {
  readonly raw: string;
  /** Whether the token limit ended the completion. */
  readonly cut: boolean;
  /** The steps of the prompt. */
  readonly prefix: readonly Step[];
  /** The steps before, those of the prompt included. */
  readonly before: readonly Step[];
}

function deadEnd({ raw, before }: Reading, start: number, reason: DeadEndReason, kind?: StepKind): ReadStep {
  const expected = before.length === 0 ? "define" : "refine";
  return { start, step: { kind: kind ?? expected, text: raw.slice(start).trim() }, deadEnd: reason };
}

/** Equal up to white space. */
const isSame = (a: string, b: string) => a.replace(/\s+/g, " ") === b.replace(/\s+/g, " ");

function readPseudocode(reading: Reading, { start, content, closed }: Segment): ReadStep {
  const text = tidyPseudocode(content);
  if (!closed && reading.cut) return deadEnd(reading, start, "length");
  if (text === "") return deadEnd(reading, start, "empty");
  const repeats = endsInLoop(text) || reading.before.some((step) => isSame(step.text, text));
  if (repeats) return deadEnd(reading, start, "grammar");
  return { start, step: { kind: reading.before.length === 0 ? "define" : "refine", text } };
}

function readCode(reading: Reading, { start, content, closed }: Segment): ReadStep {
  const program = findProgram(content);
  const isCut = reading.cut && !closed && program?.whole !== true;
  if (isCut) return deadEnd(reading, start, "length", "code");
  if (content.trim() === "") return deadEnd(reading, start, "empty", "code");
  if (program === null || reading.before.length === 0) return deadEnd(reading, start, "grammar", "code");
  return { start, step: { kind: "code", text: program.code } };
}

/** What tells a program from pseudocode where no fence says which it is. */
const REAL_CODE =
  /^(?:async\s+)?def\s+\w+\(.*:\s*$|^import\s+\w|^from\s+[\w.]+\s+import\b|^(?:function|const|let|class)\b.*[{;]\s*$|\b(?:print|input|console\.log|require)\(/m;

/** What text without a marker of its own is: a program, pseudocode, or prose that is no step. */
function kindOfUnmarked(segment: Segment, next: Segment | undefined, reading: Reading): "code" | "pseudocode" | null {
  const text = segment.content.trim();
  if (/^[`~]{3,}\S*$/.test(text)) return null;
  const program = fencedProgram(text);
  const isProgram = program !== null && (program.labelled || REAL_CODE.test(program.code));
  if (isProgram && next?.kind !== "code") return "code";
  if (segment.ended || /^\s*(?:`{3,}|~{3,})/m.test(text)) return "pseudocode";
  const opensPath = reading.before.length === 0 && segment.start === 0 && next !== undefined;
  return opensPath && text.split("\n").filter((line) => line.trim() !== "").length > 1 ? "pseudocode" : null;
}

/** A doubled heading, or `Step 1:` above a marker, has no text of its own. */
function isEmptyHeading({ kind, content, ended }: Segment, next: Segment | undefined): boolean {
  return kind === "pseudocode" && !ended && content.trim() === "" && next !== undefined;
}

/** Some models say the steps of the prompt again before they go on. */
function isEcho({ kind, content }: Segment, next: Segment | undefined, { prefix }: Reading): boolean {
  return (
    kind === "pseudocode" && next !== undefined && prefix.some(({ text }) => isSame(text, tidyPseudocode(content)))
  );
}

function readSegment(reading: Reading, segment: Segment, next: Segment | undefined): ReadStep | null {
  if (isEmptyHeading(segment, next) || isEcho(segment, next, reading)) return null;
  const kind = segment.kind ?? kindOfUnmarked(segment, next, reading);
  if (kind === null) return null;
  return kind === "code" ? readCode(reading, segment) : readPseudocode(reading, segment);
}

/** Why a completion that holds no further step ends there. */
function readNothing(reading: Reading, start: number): ReadStep {
  const isEmpty = unmasked(maskArtefacts(reading.raw.slice(start)).text).trim() === "";
  return deadEnd(reading, start, reading.cut ? "length" : isEmpty ? "empty" : "grammar");
}

/** The steps of a completion: pseudocode steps, then one code step or dead end. At most `limit`, at least one. */
function readSteps(completion: Completion, prefix: readonly Step[], limit: number): readonly ReadStep[] {
  const masked = maskArtefacts(completion.text);
  const cut = completion.finish === "length" && !masked.endOfTurn;
  const segments = segmentsOf(masked.text);
  const reads: ReadStep[] = [];
  let before = prefix;
  let end = 0;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    const read = readSegment({ raw: completion.text, cut, prefix, before }, segment, next);
    end = next?.start ?? completion.text.length;
    if (read === null) continue;
    reads.push(read);
    if (read.deadEnd !== undefined || read.step.kind === "code" || reads.length === limit) return reads;
    before = [...before, read.step];
  }
  const rest = reads.length === 0 ? 0 : end;
  return [...reads, readNothing({ raw: completion.text, cut, prefix, before }, rest)];
}

/** The first step of a completion; a second action is dropped, since only one was asked for. All tokens are counted to it. */
export function parseStep(completion: Completion, prefix: readonly Step[]): DrawnStep {
  const [first] = readSteps(completion, prefix, 1);
  return chargeWhole(completion, first ?? { start: 0, step: { kind: "define", text: "" }, deadEnd: "empty" });
}

/** All steps of a completion. */
export function parsePath(completion: Completion, prefix: readonly Step[]): readonly DrawnStep[] {
  return charge(completion, readSteps(completion, prefix, Number.POSITIVE_INFINITY));
}

/** The program of a completion that was asked for code at once. A model that answers in steps all the same gets its code step read. */
export function parseCode(completion: Completion): DrawnStep {
  const masked = maskArtefacts(completion.text);
  const cut = completion.finish === "length" && !masked.endOfTurn;
  const text = unmasked(masked.text);
  const marked = segmentsOf(masked.text).find(({ kind }) => kind === "code");
  const program = findProgram(marked?.content ?? text);
  const isWhole = program?.whole === true || marked?.closed === true || !cut;
  const broken = !isWhole ? "length" : text.trim() === "" ? "empty" : "grammar";
  return chargeWhole(
    completion,
    program !== null && isWhole
      ? { start: 0, step: { kind: "code", text: program.code } }
      : { start: 0, step: { kind: "code", text: completion.text.trim() }, deadEnd: broken },
  );
}
