import type { DeadEndReason, Step, StepKind } from "../../step";
import { type Completion, charge, chargeWhole, type DrawnStep, type ReadStep, type StepProtocol } from "../protocol";
import { saidIn } from "./artefacts";
import { policyPrompt, stepWishes, vanillaPrompt } from "./ask";
import { fencedProgram, findProgram } from "./program";
import { cutAtMarkers, type Segment } from "./segments";
import { DONE, END } from "./templates";

/**
 * The protocol of chat models: a path is one growing conversation, a step is one turn of the model (see templates.ts for the words).
 * Reading is tolerant: what stands in a completion decides, not how well it is dressed.
 */
export const chatProtocol: StepProtocol = {
  id: "chat",
  policyPrompt,
  stepWishes,
  vanillaPrompt,
  stepStop: [END],
  pathStop: [DONE],
  parseSteps,
  parsePath: (completion, prefix, entryPoint = null) => charge(completion, readSteps(completion, prefix, entryPoint)),
  parseCode,
};

/**
 * The steps of a completion that was asked for one: a model that goes on is taken at its word. What breaks off or breaks the format behind
 * the first of them is left out.
 */
function parseSteps(
  completion: Completion,
  prefix: readonly Step[],
  entryPoint: string | null = null,
): readonly DrawnStep[] {
  const reads = readSteps(completion, prefix, entryPoint);
  return charge(completion, reads.length > 1 ? reads.filter(({ deadEnd }) => deadEnd === undefined) : reads);
}

/** The program of a completion that was asked for code at once. A model that answers in steps all the same gets its code step read. */
function parseCode(completion: Completion, entryPoint: string | null = null): DrawnStep {
  const { segments, said, ended, thinking } = cutAtMarkers(completion.text);
  const marked = segments.findLast(({ kind }) => kind === "code");
  const program = findProgram(marked?.content ?? said, entryPoint);
  const cut = completion.finish === "length" && !ended;
  const isWhole = program?.whole === true || marked?.closed === true || !cut;
  const reason = breakOf(completion, { said, thinking, cut: !isWhole });
  return chargeWhole(
    completion,
    program !== null && isWhole
      ? { start: 0, step: { kind: "code", text: program.code } }
      : { start: 0, step: { kind: "code", text: completion.text.trim() }, deadEnd: reason },
  );
}

/** Why there is no step in a completion, or in the rest of one that `said` holds. */
function breakOf(
  { finish, thoughtTokens = 0 }: Completion,
  { said, thinking, cut }: { readonly said: string; readonly thinking: boolean; readonly cut: boolean },
): DeadEndReason {
  const isEmpty = said.trim() === "";
  if (thinking || (isEmpty && finish === "length" && thoughtTokens > 0)) return "thought";
  if (cut) return "length";
  return isEmpty ? "empty" : "grammar";
}

/** What is known while the steps of one completion are read. */
interface Reading {
  readonly completion: Completion;
  /** What the program must define, if anything. */
  readonly entryPoint: string | null;
  /** Whether the completion breaks off inside a thought. */
  readonly thinking: boolean;
  /** Whether the token limit ended the completion. */
  readonly cut: boolean;
  /** Texts of the prompt's steps, and of all steps up to here; white space in them made equal. */
  readonly prompted: ReadonlySet<string>;
  readonly known: Set<string>;
}

/** Equal for texts that differ in white space only. */
const squeezed = (text: string) => text.replace(/\s+/g, " ");

/** The steps of a completion, at least one: pseudocode steps, then one code step or dead end. */
function readSteps(completion: Completion, prefix: readonly Step[], entryPoint: string | null): readonly ReadStep[] {
  const { segments, ended, thinking } = cutAtMarkers(completion.text);
  const prompted = new Set(prefix.map(({ text }) => squeezed(text)));
  const cut = completion.finish === "length" && !ended;
  const reading: Reading = { completion, entryPoint, thinking, cut, prompted, known: new Set(prompted) };
  const reads: ReadStep[] = [];
  let end = 0;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    const read = readSegment(reading, segment, next);
    end = next?.start ?? completion.text.length;
    if (read === null) continue;
    reads.push(read);
    if (read.deadEnd !== undefined || read.step.kind === "code") return reads;
    reading.known.add(squeezed(read.step.text));
  }
  return [...reads, programIn(reading, reads.at(-1)) ?? readNothing(reading, reads.length === 0 ? 0 : end)];
}

/** Small models write the program where pseudocode was asked for. Where nothing follows, it can be judged: it ends the path. */
function programIn({ completion, entryPoint }: Reading, last: ReadStep | undefined): ReadStep | null {
  const program = last === undefined || entryPoint === null ? null : fencedProgram(last.step.text, entryPoint);
  const isIt = program?.whole === true && program.labelled && REAL_CODE.test(program.code);
  const defines = new RegExp(
    `^(?:async\\s+)?(?:def|function\\*?|const|let|var)\\s+${entryPoint?.replace(/\W/g, "\\$&")}\\b`,
    "m",
  );
  if (!isIt || !defines.test(program.code)) return null;
  return { start: completion.text.length, step: { kind: "code", text: program.code } };
}

function readSegment(reading: Reading, segment: Segment, next: Segment | undefined): ReadStep | null {
  if (isEmptyHeading(segment, next) || isEcho(segment, next, reading)) return null;
  const kind = segment.kind ?? kindOfUnmarked(segment, next, reading);
  if (kind === null) return null;
  return kind === "code" ? readCode(reading, segment) : readPseudocode(reading, segment);
}

/** A doubled heading, `Step 1:` or `## Solution` above a marker, has no text of its own. */
function isEmptyHeading({ kind, content, ended }: Segment, next: Segment | undefined): boolean {
  return kind !== null && !ended && content.trim() === "" && next !== undefined;
}

/** Some models say the steps of the prompt again before they go on. */
function isEcho({ kind, content }: Segment, next: Segment | undefined, { prompted }: Reading): boolean {
  return kind === "pseudocode" && next !== undefined && prompted.has(squeezed(tidyPseudocode(content)));
}

/** What tells a program from pseudocode where no fence says which it is. */
const REAL_CODE =
  /^(?:async\s+)?def\s+\w+\(.*:\s*$|^import\s+\w|^from\s+[\w.]+\s+import\b|^(?:function|const|let|class)\b.*[{;]\s*$|\b(?:print|input|console\.log|require)\(/m;

const FENCED_LINE = /^[^\S\n\r\u2028\u2029]*(?:`{3,}|~{3,})/m;

/** What text without a marker of its own is: a program, pseudocode, or prose that is no step. */
function kindOfUnmarked(
  segment: Segment,
  next: Segment | undefined,
  { known, entryPoint }: Reading,
): "code" | "pseudocode" | null {
  const text = segment.content.trim();
  if (/^[`~]{3,}\S*$/.test(text)) return null;
  const program = fencedProgram(text, entryPoint);
  const isProgram = program !== null && (program.labelled || REAL_CODE.test(program.code));
  if (isProgram && next?.kind !== "code") return "code";
  if (segment.ended || FENCED_LINE.test(text)) return "pseudocode";
  const opensPath = known.size === 0 && segment.start === 0 && next !== undefined;
  return opensPath && text.split("\n").filter((line) => line.trim() !== "").length > 1 ? "pseudocode" : null;
}

function readPseudocode(reading: Reading, { start, content, closed }: Segment): ReadStep {
  const text = tidyPseudocode(content);
  if (!closed && reading.cut) return deadEnd(reading, start, "length");
  if (text === "") return deadEnd(reading, start, "empty");
  if (endsInLoop(text) || reading.known.has(squeezed(text))) return deadEnd(reading, start, "grammar");
  return { start, step: { kind: reading.known.size === 0 ? "define" : "refine", text } };
}

function readCode(reading: Reading, { start, content, closed }: Segment): ReadStep {
  const program = findProgram(content, reading.entryPoint);
  const isCut = reading.cut && !closed && program?.whole !== true;
  if (isCut) return deadEnd(reading, start, "length", "code");
  if (content.trim() === "") return deadEnd(reading, start, "empty", "code");
  if (program === null) return deadEnd(reading, start, "grammar", "code");
  return { start, step: { kind: "code", text: program.code } };
}

/** Why a completion that holds no further step ends there. */
function readNothing(reading: Reading, start: number): ReadStep {
  const { completion, thinking, cut } = reading;
  const said = saidIn(completion.text.slice(start));
  return deadEnd(reading, start, breakOf(completion, { said, thinking, cut }));
}

function deadEnd({ completion, known }: Reading, start: number, reason: DeadEndReason, kind?: StepKind): ReadStep {
  const expected = known.size === 0 ? "define" : "refine";
  return { start, step: { kind: kind ?? expected, text: completion.text.slice(start).trim() }, deadEnd: reason };
}

/** A rule: what remains of a frame around the answer. */
const RULE = /^[ \t]*(?:-{3,}|#{1,6}|\*{3,})[ \t]*$/;

const BLANK_OR_RULE = /^[ \t]*(?:-{3,}|#{1,6}|\*{3,})?[ \t]*$/;

/** A fence with nothing behind it. */
const BARE_FENCE = /^[ \t]*(?:`{3,}|~{3,})$/;

/** A pseudocode step's text: trimmed, without rules above and below it, and without a fence at its end that closes nothing. */
function tidyPseudocode(content: string): string {
  const lines = content.trimEnd().split("\n");
  let from = 0;
  while (from < lines.length && BLANK_OR_RULE.test(lines[from] ?? "")) from++;
  let fences = lines.filter((line) => /^[ \t]*(?:`{3,}|~{3,})/.test(line)).length;
  let to = lines.length;
  for (; to > from; to--) {
    const last = (lines[to - 1] ?? "").trimEnd();
    const isClosing = /(?:(?<!`)`{3,}|(?<!~)~{3,})$/.test(last) && fences % 2 === 0;
    const isFence = BARE_FENCE.test(last);
    if (last !== "" && (isClosing || !(isFence || RULE.test(last)))) break;
    if (isFence) fences--;
  }
  return lines.slice(from, to).join("\n").trim();
}

/** Repetitions of a block, one after the other, that make a loop. */
const MIN_REPEATS = 8;

/** Characters that a loop covers at least, so that a short list of equal lines is none. */
const MIN_SPAN = 160;

const MAX_PERIOD = 240;

/** Whether a text ends in endless repetition of one block: what small models fall into. */
function endsInLoop(text: string): boolean {
  const tail = text.trimEnd();
  const longest = Math.min(MAX_PERIOD, Math.floor(tail.length / MIN_REPEATS));
  for (let period = 1; period <= longest; period++) {
    const isRepeated = repeats(tail, period, Math.max(MIN_SPAN, MIN_REPEATS * period));
    if (isRepeated && /[\p{L}\p{N}]/u.test(tail.slice(-period))) return true;
  }
  return false;
}

/** Whether the last `span` characters of a text repeat one block of `period` characters. */
function repeats(text: string, period: number, span: number): boolean {
  if (span > text.length) return false;
  for (let at = text.length - span; at + period < text.length; at++) {
    if (text[at] !== text[at + period]) return false;
  }
  return true;
}
