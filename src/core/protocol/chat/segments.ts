import { answerIn, unmasked } from "./artefacts";
import { isCertainMarker, linesOf, type Marker, readMarker } from "./marker";
import { closingFence, type Fence, openingFence } from "./program";

/** A completion as it was cut at its markers. */
export interface CutCompletion {
  readonly segments: readonly Segment[];
  /** What the model said, its thoughts and the chat template's tokens left out. */
  readonly said: string;
  /** Whether the model ended its turn itself, whatever the engine says of it. */
  readonly ended: boolean;
  /** Whether it breaks off inside a thought. */
  readonly thinking: boolean;
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
  const { masked, ended, thinking } = answerIn(text);
  const strict = segmentsOf(masked, false);
  const segments = strict.some(({ kind }) => kind !== null) ? strict : segmentsOf(masked, true);
  return { segments, said: unmasked(masked), ended, thinking };
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
  for (const line of linesOf(text)) {
    const next = start + line.length;
    const content = unmasked(line).replace(/\n$/, "");
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

/** A heading such as `#### Code:` inside a code step, or a title such as `### Pseudocode` inside pseudocode, is no new step. */
function continues(open: OpenSegment, { kind, isTitle }: Marker): boolean {
  return open.kind === kind && (kind === "code" || isTitle === true);
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
