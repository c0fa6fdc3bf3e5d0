import { lazy, Suspense } from "react";
import type { Language } from "../../core/problem";
import classes from "./Code.module.css";

const HIGHLIGHTED = {
  javascript: lazy(() =>
    import("./HighlightedJavaScript").then((module) => ({ default: module.HighlightedJavaScript })),
  ),
  python: lazy(() => import("./HighlightedPython").then((module) => ({ default: module.HighlightedPython }))),
} as const;

interface CodeProps {
  readonly code: string;
  readonly language: Language;
  /** A block of its own, or as small as a line among others. */
  readonly size?: "block" | "line";
}

/** A piece of program. It stands there at once in plain type; the colours come when the highlighter has loaded. */
export function Code({ code, language, size = "block" }: CodeProps) {
  const Highlighted = HIGHLIGHTED[language];
  return (
    <pre className={classes.code} data-size={size}>
      <Suspense fallback={code}>
        <Highlighted code={code} />
      </Suspense>
    </pre>
  );
}
