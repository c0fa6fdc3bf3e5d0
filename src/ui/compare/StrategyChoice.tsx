import { Checkbox } from "@mantine/core";
import { parseModelRef } from "../../core/model-ref";
import { COMPARISON_STRATEGIES, COMPARISON_STRATEGY_TITLES } from "../../experiment/compare/spec";
import { STRATEGY_HINTS } from "./comparison-words";
import classes from "./StrategyChoice.module.css";
import { useComparison, useComparisonStore } from "./use-comparison";

/** The strategies to compare. */
export function StrategyChoice() {
  const store = useComparisonStore();
  const models = useComparison((state) => state.draft.models);
  const chosen = useComparison((state) => state.draft.strategies);
  const tiny = models.filter((model) => parseModelRef(model).engine === "tiny").length;
  const isTinyAlone = tiny > 0 && tiny === models.length;
  const lacksScorer = isTinyAlone || (tiny > 0 && chosen.includes("beam"));

  return (
    <>
      <div className={classes.choice}>
        {COMPARISON_STRATEGIES.map((strategy) => (
          <Checkbox
            key={strategy}
            size="xs"
            label={COMPARISON_STRATEGY_TITLES[strategy]}
            title={STRATEGY_HINTS[strategy]}
            checked={chosen.includes(strategy)}
            disabled={strategy === "beam" && isTinyAlone && !chosen.includes("beam")}
            onChange={(event) => {
              const isChosen = event.currentTarget.checked;
              const next = COMPARISON_STRATEGIES.filter((each) =>
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
