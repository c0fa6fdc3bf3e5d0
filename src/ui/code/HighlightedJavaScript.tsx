import { parser } from "@lezer/javascript";
import { highlightParts } from "./highlight-parts";

/** JavaScript in colours. */
export function HighlightedJavaScript({ code }: { readonly code: string }) {
  return highlightParts(code, parser.parse(code));
}
