import { isCertainMarker, type Marker, readMarker } from "./marker";
import { closingFence, type Fence, openingFence } from "./program";

/** A completion as it was cut at its markers. */
export interface CutCompletion {
  readonly segments: readonly Segment[];
  /** What the model said, its thoughts and the chat template's tokens left out. */
  readonly said: string;
  /** Whether the model ended its turn itself, whatever the engine says of it. */
  readonly ended: boolean;
}

/** What stands between two markers. */
export interface Segment {
  /** What the marker before it announced; null where none did. */
  readonly kind: "pseudocode" | "code" | null;
  /** Offset of its marker in the completion's text. */
  readonly start: number;
  /** What the marker's line says besides, then the lines up to the next marker. */
  readonly content: string;
  /** Whether a marker follows it: an end, or another step's. */
  readonly closed: boolean;
  /** Whether an end marker follows it. */
  readonly ended: boolean;
}

/**
 * Cuts a completion at its markers. What follows the mark of a whole path's end is left out. Where no step is marked, it is read again
 * loosely.
 */
export function cutAtMarkers(text: string): CutCompletion {
  const { masked, ended } = maskArtefacts(text);
  const strict = segmentsOf(masked, false);
  const segments = strict.some(({ kind }) => kind !== null) ? strict : segmentsOf(masked, true);
  return { segments, said: unmasked(masked), ended };
}

/** What a model said: a text without its thoughts and the chat template's tokens. */
export function saidIn(text: string): string {
  return unmasked(maskArtefacts(text).masked);
}

/** Stands for a character that was masked: texts keep their length, so that offsets stay those of the completion. */
const MASK = "\u0000";

/** What reasoning models say to themselves. An unclosed one holds all that follows. */
const THOUGHT = /<(think|thinking|thought|reasoning)>[\s\S]*?(?:<\/\1>|$)/gi;

/** A lone closing tag ends a thought that the chat template opened. */
const END_OF_THOUGHT = /<\/(?:think|thinking|thought|reasoning)>/gi;

/** Tokens of a chat template that close a turn: whatever follows was said by nobody. */
const END_OF_TURN =
  /<\|(?:im_end|endoftext|eot_id|end_of_text|end|EOT)\|>|<end_of_turn>|<｜end▁of▁sentence｜>|<\/s>\s*$/;

/** Other tokens of a chat template, with the role they announce. */
const TURN_OPENING =
  /<\|im_start\|>(?:assistant)?|<\|start_header_id\|>\w*<\|end_header_id\|>|<\|(?:begin_of_text|assistant)\|>|<start_of_turn>(?:model)?|^\s*<s>/g;

const mask = (text: string) => MASK.repeat(text.length);

/** Masks what is no part of the answer: a reasoning model's thoughts, tokens of the chat template, carriage returns. */
function maskArtefacts(text: string): { readonly masked: string; readonly ended: boolean } {
  const thoughtless = text.replace(THOUGHT, mask);
  const lone = [...thoughtless.matchAll(END_OF_THOUGHT)].at(-1);
  const from = lone === undefined ? 0 : lone.index + lone[0].length;
  const opened = (mask(thoughtless.slice(0, from)) + thoughtless.slice(from)).replace(TURN_OPENING, mask);
  const end = END_OF_TURN.exec(opened);
  const answer = end === null ? opened : opened.slice(0, end.index) + mask(opened.slice(end.index));
  return { masked: answer.replace(/\r(?=\n|$)/g, mask), ended: end !== null };
}

/** A masked text, or a part of one, without its masks. */
function unmasked(text: string): string {
  return text.includes(MASK) ? text.replaceAll(MASK, "") : text;
}

/** A step that is being read. */
interface OpenSegment {
  readonly kind: Segment["kind"];
  readonly start: number;
  readonly lines: string[];
}

function segmentsOf(text: string, isLoose: boolean): readonly Segment[] {
  const segments: Segment[] = [];
  const markerIn = createMarkerReader(isLoose);
  let open: OpenSegment = { kind: null, start: 0, lines: [] };
  const close = (closed: boolean, ended: boolean) => {
    const { kind, start, lines } = open;
    const content = lines.join("\n");
    if (kind !== null || content.trim() !== "") segments.push({ kind, start, content, closed, ended });
  };
  let start = 0;
  for (const line of text.split("\n")) {
    const next = Math.min(start + line.length + 1, text.length);
    const content = unmasked(line);
    const marker = markerIn(content);
    if (marker === null || continues(open, marker)) open.lines.push(marker?.rest ?? content);
    else {
      const { kind, rest } = marker;
      const ends = kind === "end" || kind === "done";
      close(true, ends);
      if (kind === "done") return segments;
      open = { kind: ends ? null : kind, start: ends ? next : start, lines: rest === "" ? [] : [rest] };
    }
    start = next;
  }
  close(false, false);
  return segments;
}

/** A heading such as `#### Code:` inside a code step is no new step. */
function continues(open: OpenSegment, { kind }: Marker): boolean {
  return open.kind === "code" && kind === "code";
}

/** Walks through a text's lines and knows which stand in a fenced block, where only certain markers count. */
function createMarkerReader(isLoose: boolean): (line: string) => Marker | null {
  let fence: Fence | null = null;
  return (line) => {
    if (fence !== null && !isCertainMarker(line)) {
      if (closingFence(line, fence) !== null) fence = null;
      return null;
    }
    const marker = readMarker(line, isLoose);
    fence = openingFence(marker?.rest ?? line);
    return marker;
  };
}
