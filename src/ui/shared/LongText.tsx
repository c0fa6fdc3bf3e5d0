import { useState } from "react";
import { formatCount } from "../shared/format";
import { TextButton } from "./buttons";
import { cutText } from "./format";

interface LongTextProps {
  readonly text: string;
  /** Characters that are shown at first. */
  readonly characters: number;
  /** Lines that are shown at first. */
  readonly lines?: number;
}

/** A text of any length: of a long one the beginning, and the rest when it is asked for. */
export function LongText({ text, characters, lines = Number.POSITIVE_INFINITY }: LongTextProps) {
  const [isOpen, setOpen] = useState(false);
  const cut = cutText(text, characters, lines);
  if (cut === text) return text;
  return (
    <>
      {isOpen ? text : `${cut} …`}{" "}
      <TextButton onClick={() => setOpen(!isOpen)}>
        {isOpen ? "less" : `all ${formatCount(text.length)} characters`}
      </TextButton>
    </>
  );
}
