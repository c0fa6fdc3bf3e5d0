import { Checkbox } from "@mantine/core";
import { parseModelRef } from "../../core/model-ref";
import { BENCH_STRATEGIES, BENCH_STRATEGY_TITLES } from "../../experiment/bench/strategies";
import { STRATEGY_HINTS } from "./bench-words";
import classes from "./StrategyChoice.module.css";
import { useBench, useBenchStore } from "./use-bench";

/** The strategies to compare. */
export function StrategyChoice() {
  const store = useBenchStore();
  const models = useBench((state) => state.draft.models);
  const chosen = useBench((state) => state.draft.strategies);
  const tiny = models.filter((model) => parseModelRef(model).engine === "tiny").length;
  const isTinyAlone = tiny > 0 && tiny === models.length;
  const lacksScorer = isTinyAlone || (tiny > 0 && chosen.includes("beam"));

  return (
    <>
      <div className={classes.choice}>
        {BENCH_STRATEGIES.map((strategy) => (
          <Checkbox
            key={strategy}
            size="xs"
            label={BENCH_STRATEGY_TITLES[strategy]}
            title={STRATEGY_HINTS[strategy]}
            checked={chosen.includes(strategy)}
            disabled={strategy === "beam" && isTinyAlone && !chosen.includes("beam")}
            onChange={(event) => {
              const isChosen = event.currentTarget.checked;
              const next = BENCH_STRATEGIES.filter((each) =>
                each === strategy ? isChosen : store.getState().draft.strategies.includes(each),
              );
              store.getState().edit({ strategies: next });
            }}
          />
        ))}
      </div>
      {lacksScorer && <p className={classes.note}>Beam search needs a step scorer; the tiny model has none.</p>}
    </>
  );
}
