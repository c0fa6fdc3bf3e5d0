import { classHighlighter, highlightCode } from "@lezer/highlight";
import { parser } from "@lezer/javascript";

interface Part {
  /** Where the part begins. */
  readonly at: number;
  readonly text: string;
  readonly classes: string;
}

/** JavaScript in colours, as plain spans: it can be selected, copied and read out like any text. */
export function HighlightedCode({ code }: { readonly code: string }) {
  return partsOf(code).map(({ at, text, classes }) => (
    <span key={at} className={classes}>
      {text}
    </span>
  ));
}

function partsOf(code: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  const put = (text: string, classes: string) => {
    parts.push({ at, text, classes });
    at += text.length;
  };
  highlightCode(code, parser.parse(code), classHighlighter, put, () => put("\n", ""));
  return parts;
}
