import { LIMITS } from "../../experiment/spec/limits";
import { NumberField } from "../shared/NumberField";
import classes from "./fields.module.css";
import { useComparison, useComparisonStore } from "./use-comparison";

/** What a problem may cost, and what else decides the figures. */
export function BudgetFields() {
  const store = useComparisonStore();
  const draft = useComparison((state) => state.draft);
  const { edit } = store.getState();
  const { price } = draft;
  return (
    <div className={classes.fields}>
      <NumberField
        label="Tokens a problem"
        value={draft.budgetTokens}
        limit={LIMITS.comparison.budgetTokens}
        onCommit={(budgetTokens) => edit({ budgetTokens })}
      />
      <NumberField
        label="Samples for ASPR"
        value={draft.freshSamples}
        limit={LIMITS.comparison.freshSamples}
        onCommit={(freshSamples) => edit({ freshSamples })}
      />
      <details className={classes.more} open={price !== null}>
        <summary>Price per million tokens</summary>
        <div className={classes.fields}>
          <NumberField
            label="Prompt"
            value={price?.prompt ?? null}
            limit={LIMITS.comparison.pricePerMillion}
            optional
            onCommit={(prompt) => edit({ price: { completion: 0, ...price, prompt } })}
            onClear={() => edit({ price: price?.completion ? { ...price, prompt: 0 } : null })}
          />
          <NumberField
            label="Completion"
            value={price?.completion ?? null}
            limit={LIMITS.comparison.pricePerMillion}
            optional
            onCommit={(completion) => edit({ price: { prompt: 0, ...price, completion } })}
            onClear={() => edit({ price: price?.prompt ? { ...price, completion: 0 } : null })}
          />
        </div>
      </details>
    </div>
  );
}
