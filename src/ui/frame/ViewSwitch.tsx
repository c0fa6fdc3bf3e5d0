import { BENCH_HASH, explorerHash } from "../../store/address";
import { useLab } from "../lab-context";
import classes from "./ViewSwitch.module.css";

/** One run, or comparisons of many. Links, so that the browser's way back works. */
export function ViewSwitch() {
  const view = useLab((state) => state.view);
  // Where the explorer is open it needs no link to itself, which would change with every moment of a replay.
  const explorer = useLab((state) => (state.view === "bench" ? explorerHash(state) : undefined));
  return (
    <nav className={classes.views} aria-label="Views">
      <a href={explorer} aria-current={view === "explorer" ? "page" : undefined}>
        Explorer
      </a>
      <a href={BENCH_HASH} aria-current={view === "bench" ? "page" : undefined}>
        Benchmark
      </a>
    </nav>
  );
}
