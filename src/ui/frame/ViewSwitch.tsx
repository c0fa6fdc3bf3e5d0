import { COMPARISON_HASH, experimentHash, explorerHash } from "../../store/address";
import type { View } from "../../store/view-slice";
import { useLab, useRun } from "../lab-context";
import classes from "./ViewSwitch.module.css";

/** One run, or comparisons of many. Links, so that the browser's way back works. */
export function ViewSwitch() {
  // Where the explorer is open, the link to it leaves the snapshot out, which would change all the time in a replay.
  const isExplorer = useLab((state) => state.view === "explorer");
  const spec = useLab((state) => state.spec);
  const explorer = useRun((run) => (isExplorer ? experimentHash(spec) : explorerHash(spec, run)));
  return (
    <nav className={classes.views} aria-label="Views">
      <ViewLink view="explorer" href={explorer} label="Explorer" />
      <ViewLink view="comparison" href={COMPARISON_HASH} label="Benchmark" />
    </nav>
  );
}

interface ViewLinkProps {
  readonly view: View;
  readonly href: string;
  readonly label: string;
}

function ViewLink({ view, href, label }: ViewLinkProps) {
  const isCurrent = useLab((state) => state.view === view);
  return (
    <a
      href={href}
      aria-current={isCurrent ? "page" : undefined}
      onClick={(event) => {
        if (isCurrent) event.preventDefault();
      }}
    >
      {label}
    </a>
  );
}
