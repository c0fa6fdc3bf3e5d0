import { parser } from "@lezer/python";
import { highlightParts } from "./highlight-parts";

/** Python in colours. */
export function HighlightedPython({ code }: { readonly code: string }) {
  return highlightParts(code, parser.parse(code));
}
