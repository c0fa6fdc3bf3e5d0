import type { Problem } from "../../problem";
import type { DrawnStep } from "../protocol";
import { withoutSelfTests } from "./self-tests";

/** A program found in a text. */
export interface FoundProgram {
  readonly code: string;
  /** False when it stands in a block that was never closed: if the completion was cut, so was the program. */
  readonly whole: boolean;
  /** Whether a fence names its language. */
  readonly labelled: boolean;
}

/**
 * The program in what stands behind a code marker, or in an answer to "write the program": fenced or not, with prose around it or
 * not. Null when there is none. `entryPoint` is what it must define, if anything.
 */
export function findProgram(text: string, entryPoint: string | null = null): FoundProgram | null {
  const fenced = fencedProgram(text, entryPoint);
  if (fenced !== null) return fenced;
  const code = dedent(unfencedProgram(dedent(text)));
  return code === "" ? null : { code, whole: false, labelled: false };
}

/** The program in a fenced block, or null when there is no such block. */
export function fencedProgram(text: string, entryPoint: string | null = null): FoundProgram | null {
  return assemble(blocksOf(text), entryPoint);
}

/** The opening line of a fenced block. */
export interface Fence {
  readonly character: "`" | "~";
  /** Length of the fence; a closing one is at least as long. */
  readonly length: number;
  /** The language it names, in lower case; often empty. */
  readonly info: string;
}

const OPENING = /^\s*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}|~{3,})/;

/** Prose and a fence on one line: `Here it is: ```python`. */
const LATE_OPENING = /(?<!`)(`{3,})(python3?|py|javascript|js)$/i;

/** The fence that a line opens, or null. */
export function openingFence(line: string): Fence | null {
  const [opened = "", early = ""] = OPENING.exec(line) ?? [];
  const behind = line.slice(opened.length);
  const [, late, language = ""] = LATE_OPENING.exec(line.trimEnd()) ?? [];
  const isEarly = opened !== "" && !behind.includes("`");
  if (!isEarly && late === undefined) return null;
  const fence = isEarly ? early : (late ?? "");
  const info = isEarly ? (/^[ \t]*\{?\.?([\w+#-]*)/.exec(behind)?.[1] ?? "") : language;
  return { character: fence.startsWith("~") ? "~" : "`", length: fence.length, info: info.toLowerCase() };
}

/** What a line that closes `fence` says before it closes it (mostly nothing), or null when it does not close it. */
export function closingFence(line: string, { character, length }: Fence): string | null {
  const trimmed = line.trimEnd();
  let start = trimmed.length;
  while (trimmed[start - 1] === character) start--;
  if (trimmed.length - start < length) return null;
  const before = trimmed.slice(0, start);
  return before.trim() === "" ? "" : before;
}

interface Block extends FoundProgram {
  readonly info: string;
  /** Names that it defines. */
  readonly names: readonly string[];
}

/** Fences that name a language no program is written in. */
const NO_PROGRAM =
  /^(?:pseudo(?:code)?|plain(?:text)?|text|txt|output|out|input|console|bash|sh|shell|json|markdown|md|case|mermaid|diff)$/;

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  const all = text.split("\n");
  // A fence inside a docstring closes nothing, if the docstring ends and a fence follows it.
  const lastFence = all.findLastIndex((line) => /(?:`{3}|~{3})\s*$/.test(line));
  const lastQuotes = all.findLastIndex((line, index) => index < lastFence && TRIPLE.test(line));
  let fence: Fence | null = null;
  let lines: string[] = [];
  let isQuoted = false;
  for (const [index, line] of all.entries()) {
    if (fence === null) {
      fence = openingFence(line);
      lines = [];
      isQuoted = false;
      continue;
    }
    const last = isQuoted && index < lastQuotes ? null : closingFence(line, fence);
    if (last === null) {
      lines.push(line);
      if ((line.match(TRIPLES)?.length ?? 0) % 2 === 1) isQuoted = !isQuoted;
    } else {
      blocks.push(blockOf(last === "" ? lines : [...lines, last], fence.info, true));
      fence = null;
    }
  }
  if (fence !== null) blocks.push(blockOf(lines, fence.info, false));
  return blocks.filter(({ code, info }) => code !== "" && !NO_PROGRAM.test(info));
}

const TRIPLE = /"""|'''/;
const TRIPLES = /"""|'''/g;

/** Functions, classes and, in JavaScript, top-level constants that a program defines. */
const DEFINITION =
  /^(?:async\s+)?(?:def|class)\s+(\w+)|^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function(?:\s*\*)?|class|const|let|var)\s+([\w$]+)|^(\w+)\s*=\s*lambda\b/gm;

function blockOf(lines: readonly string[], info: string, whole: boolean): Block {
  const code = dedent(lines.join("\n"));
  return {
    code,
    info,
    whole,
    labelled: info !== "",
    names: [...code.matchAll(DEFINITION)].map((match) => match.slice(1).find(Boolean) ?? ""),
  };
}

/** Takes the indentation off that all lines share: of a fence inside a list. */
function dedent(code: string): string {
  const lines = code.split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)?.[0] ?? "");
  const shortest = indents.reduce((least, indent) => (indent.length < least.length ? indent : least), indents[0] ?? "");
  const shared = indents.every((indent) => indent.startsWith(shortest)) ? shortest.length : 0;
  return lines
    .map((line) => line.slice(Math.min(shared, line.length)))
    .join("\n")
    .trim();
}

/** What reads standard input. */
const READS = /\binput\s*\(|\bstdin\b|\breadline\b|\breadFileSync\s*\(/;

/**
 * Of several blocks the last that defines the entry point, since a correction follows its draft (without an entry point: the last that reads
 * input, or defines something), together with those that only add to it: helpers that it calls, or a caller of it that defines
 * something new. Another version of the same function and mere example calls are left out.
 */
function assemble(blocks: readonly Block[], entryPoint: string | null): FoundProgram | null {
  const labelled = blocks.filter((block) => block.labelled);
  const named = labelled.length > 0 ? labelled : blocks;
  const defining = named.filter(({ names }) => names.length > 0);
  const root =
    (entryPoint === null
      ? named.findLast(({ code }) => READS.test(code))
      : blocks.findLast(({ names }) => names.includes(entryPoint))) ??
    defining.at(-1) ??
    named.at(-1);
  if (root === undefined) return null;
  const chosen = new Set([root]);
  const defined = new Set(root.names);
  const mentioned = new Set(wordsOf(root));
  for (const block of defining.toReversed()) {
    if (block.names.some((name) => defined.has(name))) continue;
    const words = wordsOf(block);
    if (!block.names.some((name) => mentioned.has(name)) && !words.some((word) => defined.has(word))) continue;
    chosen.add(block);
    for (const name of block.names) defined.add(name);
    for (const word of words) mentioned.add(word);
  }
  const parts = blocks.filter((block) => chosen.has(block));
  return {
    code: parts.map(({ code }) => code).join("\n\n"),
    whole: parts.every(({ whole }) => whole),
    labelled: root.labelled,
  };
}

const wordsOf = ({ code }: Block) => code.match(/[\w$]+/g) ?? [];

/** How a line of Python or JavaScript begins at the top level, or at that of a function whose head was given. */
const CODE_START =
  /^(?:from\s+[\w.]+\s+import\b|import\s+[\w{*"']|(?:async\s+)?(?:def|class)\s+\w|@\w|(?:export\s+)?(?:async\s+)?function\b|(?:const|let|var)\s+[\w$[{]|(?:for|while|if|try|with)\b.*[:{]$|[\w.[\]]+(?:\s*,\s*[\w.[\]]+)*\s*[-+*/]?=[^=]|[\w.]+\(|return\s+\S|["']use strict["']|#!)/;

/** A line of prose, or a heading, below a program. */
const PROSE =
  /^(?:#{2,}\s|\*\*|[-*]\s+[A-Z`]|\d+\.\s|(?:Here|This|The|In|It|We|Note|Explanation|Example|Output|You|Let|Now|With|To|Then|Finally)\b(?!\s*[=(.[])|[A-Z][a-z']+(?:\s+[\w'`,-]+){3,}[.:!]?\s*$)/;

/** The reference repository's tags around code, and stray fences. */
const TAGS = /^\s*\[\/?\s*code(?:[_ ](?:start|end))?\s*\]\s*$|^\s*(?:`{3,}|~{3,})[\w+#-]*\s*$/i;

/** What looks like a program in a text without fences, or an empty text. Prose above and below is left out. */
function unfencedProgram(text: string): string {
  const lines = text.split("\n").filter((line) => !TAGS.test(line));
  const first = lines.findIndex((line) => CODE_START.test(line.trimEnd()));
  if (first < 0) return "";
  let inString = false;
  let end = first;
  for (; end < lines.length; end++) {
    const line = lines[end] ?? "";
    if (!inString && PROSE.test(line)) break;
    if ((line.match(/"""|'''/g)?.length ?? 0) % 2 === 1) inString = !inString;
  }
  return lines.slice(first, end).join("\n");
}

/**
 * A program for a problem that gives the head of its function, such as those of HumanEval: a model that goes on where the head ends,
 * instead of writing the function out, gets the head back. Any other program is left as it is.
 */
export function completedProgram(code: string, { language, entryPoint, starterCode }: Problem): string {
  if (language !== "python" || entryPoint === null || starterCode === undefined) return code;
  const name = entryPoint.replace(/\W/g, "\\$&");
  const head = starterCode.trimEnd();
  const isHead = new RegExp(`^(?:async\\s+)?def\\s+${name}\\s*\\([\\s\\S]*:$`, "m").test(head);
  const isWhole = new RegExp(`^(?:(?:async\\s+def|def|class)\\s+${name}\\b|${name}\\s*=)`, "m").test(code);
  return isHead && !isWhole && isBody(code) ? `${head}\n${indented(code)}` : code;
}

/** Whether Python code can only be what stands inside a function: it returns, but not from any function of its own. */
function isBody(code: string): boolean {
  const definesSomething = /^(?:async\s+def|def|class)\s/m.test(code);
  return /^return\b/m.test(code) || (!definesSomething && /^[ \t]+return\b/m.test(code));
}

function indented(code: string): string {
  return code.replace(/^(?=.*\S)/gm, "    ");
}

/** A drawn step whose program, if it is one, is completed, and rid of what would only run beside the tests. */
export function completedStep(drawn: DrawnStep, problem: Problem): DrawnStep {
  const { step, deadEnd } = drawn;
  if (step.kind !== "code" || deadEnd !== undefined) return drawn;
  const { entryPoint, language } = problem;
  const completed = completedProgram(step.text, problem);
  const text = entryPoint === null ? completed : withoutSelfTests(completed, entryPoint, language);
  return text === step.text ? drawn : { ...drawn, step: { ...step, text } };
}
