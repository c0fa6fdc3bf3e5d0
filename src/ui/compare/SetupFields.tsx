import { Checkbox, NativeSelect } from "@mantine/core";
import { useEffect, useRef } from "react";
import { parseModelRef } from "../../core/model";
import { TIERS } from "../../core/problem";
import {
  CEILINGS,
  COMPARISON_STRATEGIES,
  COMPARISON_STRATEGY_TITLES,
  type ComparisonSpec,
  type ComparisonStrategy,
  WITH_SCORER,
  WITHOUT_REPLACEMENT,
} from "../../experiment/compare/spec";
import { LIMITS } from "../../experiment/spec/limits";
import type { Collection } from "../../ports/problem-store";
import { useComparison, useComparisonStore, useLab } from "../contexts";
import { formatCount } from "../shared/format";
import { NumberField } from "../shared/NumberField";
import { TIER_WORDS } from "../shared/words";
import { STRATEGY_HINTS } from "./comparison-words";
import classes from "./SetupFields.module.css";

/** The strategies to compare. */
export function StrategyChoice() {
  const store = useComparisonStore();
  const models = useComparison((state) => state.draft.models);
  const chosen = useComparison((state) => state.draft.strategies);
  const isPuzzles = useComparison((state) => state.draft.problems.source === "puzzles");
  const refs = models.map(parseModelRef);
  const lacking = refs.filter((ref) => ref.engine === "tiny" && ref.scorer === undefined).length;
  const chat = refs.filter(({ engine }) => engine !== "tiny").length;
  const isAll = (count: number) => count > 0 && count === models.length;
  const isChosen = (which: ReadonlySet<ComparisonStrategy>) => chosen.some((strategy) => which.has(strategy));
  const lacksScorer = isAll(lacking) || (lacking > 0 && isChosen(WITH_SCORER));
  const lacksTokens = chat > 0 && isChosen(WITHOUT_REPLACEMENT);
  const lacksValues = !isPuzzles && isChosen(CEILINGS);
  const isOutOfReach = (strategy: ComparisonStrategy) =>
    (WITH_SCORER.has(strategy) && isAll(lacking)) ||
    (WITHOUT_REPLACEMENT.has(strategy) && isAll(chat)) ||
    (CEILINGS.has(strategy) && !isPuzzles);

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
            disabled={isOutOfReach(strategy) && !chosen.includes(strategy)}
            onChange={(event) => {
              const isNow = event.currentTarget.checked;
              const next = COMPARISON_STRATEGIES.filter((each) =>
                each === strategy ? isNow : store.getState().draft.strategies.includes(each),
              );
              store.getState().edit({ strategies: next });
            }}
          />
        ))}
      </div>
      {lacksScorer && (
        <p className={classes.note}>
          Beam search and scorer values need a model with a step scorer, such as tiny+scorer@&lt;checkpoint&gt;.
        </p>
      )}
      {lacksTokens && <p className={classes.note}>Only the tiny model can be drawn from without repeats.</p>}
      {lacksValues && <p className={classes.note}>Exact values are known of list puzzles only.</p>}
    </>
  );
}

type Problems = ComparisonSpec["problems"];

const PUZZLES = "puzzles:";
const IMPORTED = "imported:";

/** Which problems, and how many of them: the first ones are taken. */
export function ProblemChoice() {
  const store = useComparisonStore();
  const problems = useComparison((state) => state.draft.problems);
  const limit = useComparison((state) => state.draft.limit);
  const seed = useComparison((state) => state.draft.seed);
  const collections = useLab((state) => state.collections);
  const loadCollections = useLab((state) => state.loadCollections);

  useEffect(() => {
    if (collections === null) void loadCollections();
  }, [collections, loadCollections]);

  useNewCollection(collections, (collection) => {
    store.getState().edit({ problems: { source: "imported", collection } });
  });

  return (
    <div className={classes.fields}>
      <NativeSelect
        className={classes.wide ?? ""}
        label="Problem set"
        data={groups(collections ?? [], problems)}
        value={keyOf(problems)}
        onChange={(event) => store.getState().edit({ problems: problemsOf(event.currentTarget.value) })}
      />
      <NumberField
        label="How many"
        value={limit}
        limit={LIMITS.comparison.limit}
        onCommit={(next) => store.getState().edit({ limit: next })}
      />
      <NumberField
        label="Seed"
        value={seed}
        limit={LIMITS.seed}
        onCommit={(next) => store.getState().edit({ seed: next })}
      />
    </div>
  );
}

/** Calls back with a collection that was added while this was on the screen: it was added to be used. */
function useNewCollection(collections: readonly Collection[] | null, onNew: (collection: string) => void): void {
  const before = useRef(collections);
  useEffect(() => {
    const known = before.current;
    before.current = collections;
    if (known === null || collections === null) return;
    const added = collections.find(({ id }) => !known.some((other) => other.id === id));
    if (added !== undefined) onNew(added.id);
  });
}

function groups(collections: readonly Collection[], problems: Problems) {
  const puzzles = [
    ...TIERS.map((tier) => ({ value: PUZZLES + tier, label: `List puzzles, ${TIER_WORDS[tier].toLowerCase()}` })),
    { value: `${PUZZLES}all`, label: "List puzzles, all tiers in turn" },
  ];
  const imported = collections.map(({ id, title, size }) => ({
    value: IMPORTED + id,
    label: `${title}, ${formatCount(size)} problems`,
  }));
  const key = keyOf(problems);
  if (problems.source === "imported" && !imported.some(({ value }) => value === key)) {
    imported.push({ value: key, label: `${problems.collection}, not here` });
  }
  return imported.length === 0 ? puzzles : [...puzzles, { group: "Imported", items: imported }];
}

function keyOf(problems: Problems): string {
  return problems.source === "imported" ? IMPORTED + problems.collection : PUZZLES + problems.tier;
}

function problemsOf(key: string): Problems {
  if (key.startsWith(IMPORTED)) return { source: "imported", collection: key.slice(IMPORTED.length) };
  const tier = [...TIERS, "all" as const].find((each) => PUZZLES + each === key) ?? "all";
  return { source: "puzzles", split: "test", tier };
}

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
      <Checkbox
        className={classes.wide ?? ""}
        size="xs"
        label="Stop at the first pass"
        title="A problem's run ends with the first program that passes all tests it sees"
        checked={draft.stopAtPass}
        onChange={(event) => edit({ stopAtPass: event.currentTarget.checked })}
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
