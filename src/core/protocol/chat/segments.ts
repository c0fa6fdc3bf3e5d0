import { unmasked } from "./artefacts";
import { closingFence, type Fence, openingFence } from "./fences";
import { type Line, linesOf } from "./lines";
import { isCertainMarker, type Marker, readMarker } from "./marker-line";

/** What stands between two markers. */
export interface Segment {
  /** What the marker before it announced; null where none did. */
  readonly kind: "pseudocode" | "code" | null;
  /** Offset of its marker. */
  readonly start: number;
  /** What the marker's line says besides, then the lines up to the next marker. */
  readonly content: string;
  /** Whether a marker follows it: an end, or another step's. */
  readonly closed: boolean;
  /** Whether an end marker follows it. */
  readonly ended: boolean;
}

interface Open {
  readonly kind: Segment["kind"];
  readonly start: number;
  readonly lines: string[];
}

/** A heading such as `#### Code:` inside a code step is no new step. */
function continues(open: Open, { kind }: Marker): boolean {
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

/**
 * Cuts a completion (masked, see artefacts.ts) at its markers. What follows the mark of a whole path's end is left out. Where no
 * step is marked, it is read again loosely.
 */
export function segmentsOf(text: string): readonly Segment[] {
  const segments = cutAtMarkers(text, false);
  return segments.some(({ kind }) => kind !== null) ? segments : cutAtMarkers(text, true);
}

function cutAtMarkers(text: string, isLoose: boolean): readonly Segment[] {
  const segments: Segment[] = [];
  const read = createMarkerReader(isLoose);
  let open: Open = { kind: null, start: 0, lines: [] };
  const close = (closed: boolean, ended: boolean) => {
    const { kind, start, lines } = open;
    const content = lines.join("\n");
    if (kind !== null || content.trim() !== "") segments.push({ kind, start, content, closed, ended });
  };
  const begin = (kind: Segment["kind"], { start }: Pick<Line, "start">, rest: string) => {
    open = { kind, start, lines: rest === "" ? [] : [rest] };
  };
  for (const line of linesOf(text)) {
    const content = unmasked(line.text);
    const marker = read(content);
    if (marker === null || continues(open, marker)) {
      open.lines.push(marker?.rest ?? content);
      continue;
    }
    const ends = marker.kind === "end" || marker.kind === "done";
    close(true, ends);
    if (marker.kind === "done") return segments;
    begin(ends ? null : (marker.kind as Segment["kind"]), { start: ends ? line.end : line.start }, marker.rest);
  }
  close(false, false);
  return segments;
}
