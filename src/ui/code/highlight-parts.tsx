import { classHighlighter, highlightCode } from "@lezer/highlight";

type Tree = Parameters<typeof highlightCode>[1];

interface Part {
  /** Where the part begins. */
  readonly at: number;
  readonly text: string;
  readonly classes: string;
}

/** Code in colours, as plain spans: it can be selected, copied and read out like any text. */
export function highlightParts(code: string, tree: Tree) {
  return partsOf(code, tree).map(({ at, text, classes }) => (
    <span key={at} className={classes}>
      {text}
    </span>
  ));
}

function partsOf(code: string, tree: Tree): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  const put = (text: string, classes: string) => {
    parts.push({ at, text, classes });
    at += text.length;
  };
  highlightCode(code, tree, classHighlighter, put, () => put("\n", ""));
  return parts;
}
