import { lazy, Suspense } from "react";
import classes from "./CodeBlock.module.css";

const HighlightedCode = lazy(() => import("./HighlightedCode").then((module) => ({ default: module.HighlightedCode })));

/** A program. It stands there at once in plain type; the colours come when the highlighter has loaded. */
export function CodeBlock({ code }: { readonly code: string }) {
  return (
    <pre className={classes.code}>
      <Suspense fallback={code}>
        <HighlightedCode code={code} />
      </Suspense>
    </pre>
  );
}
