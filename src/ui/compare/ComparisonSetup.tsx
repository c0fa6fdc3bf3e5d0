import "@mantine/core/styles/Checkbox.css";
// The arrow of a native select is the combobox's chevron.
import "@mantine/core/styles/Combobox.css";
import { Button } from "@mantine/core";
import { useComparison, useComparisonStore, useLab } from "../contexts";
import { DeleteButton, TextButton } from "../shared/buttons";
import { Icon } from "../shared/Icon";
import { badNumberField, focusField } from "../shared/NumberField";
import classes from "./ComparisonSetup.module.css";
import { modelName, startedWords } from "./comparison-words";
import { ModelChoice } from "./ModelChoice";
import { BudgetFields, ProblemChoice, StrategyChoice } from "./SetupFields";

interface ComparisonSetupProps {
  /** A comparison of the list is to be seen. */
  readonly onShow: () => void;
}

/** What to compare, on what, at which budget; and what was compared before. */
export function ComparisonSetup({ onShow }: ComparisonSetupProps) {
  const showDialog = useLab((state) => state.showDialog);
  return (
    <>
      <div className={classes.scroll}>
        <section className={classes.section} aria-labelledby="comparison-models">
          <div className={classes.head}>
            <h2 id="comparison-models" className={classes.title}>
              Models
            </h2>
            <TextButton onClick={() => showDialog("model")}>Choose a model</TextButton>
          </div>
          <ModelChoice />
        </section>
        <section className={classes.section} aria-labelledby="comparison-strategies">
          <h2 id="comparison-strategies" className={classes.title}>
            Strategies
          </h2>
          <StrategyChoice />
        </section>
        <section className={classes.section} aria-labelledby="comparison-problems">
          <div className={classes.head}>
            <h2 id="comparison-problems" className={classes.title}>
              Problems
            </h2>
            <TextButton onClick={() => showDialog("problems")}>Add problems</TextButton>
          </div>
          <ProblemChoice />
        </section>
        <section className={classes.section} aria-labelledby="comparison-budget">
          <h2 id="comparison-budget" className={classes.title}>
            Budget
          </h2>
          <BudgetFields />
        </section>
        <ComparisonList onShow={onShow} />
      </div>
      <StartBar />
    </>
  );
}

function StartBar() {
  const store = useComparisonStore();
  const fault = useComparison((state) => state.draftFault);
  const isRunning = useComparison((state) => state.run !== null);
  const notify = useLab((state) => state.notify);
  const dismissNotice = useLab((state) => state.dismissNotice);

  const start = () => {
    dismissNotice();
    const bad = badNumberField();
    if (bad === null) return void store.getState().start();
    notify({ tone: "error", message: `${bad.label} has a value that is not allowed.`, hint: "Correct it, then run." });
    focusField(bad.input);
  };

  return (
    <div className={classes.bar}>
      <p className={classes.fault} role="alert">
        {fault !== null && `${fault.message} ${fault.hint}`}
      </p>
      <Button fullWidth leftSection={<Icon name="play" />} onClick={start} disabled={isRunning}>
        {isRunning ? "A comparison is running" : "Run comparison"}
      </Button>
    </div>
  );
}

interface ComparisonListProps {
  readonly onShow: () => void;
}

/** What was compared before in this browser. */
function ComparisonList({ onShow }: ComparisonListProps) {
  const store = useComparisonStore();
  const records = useComparison((state) => state.records);
  const shown = useComparison((state) => state.shown?.record.id);
  const running = useComparison((state) => state.run?.comparison);
  if (records === null || records.length === 0) return null;
  return (
    <section className={classes.section} aria-labelledby="comparison-list">
      <h2 id="comparison-list" className={classes.title}>
        Comparisons
      </h2>
      <ul className={classes.list}>
        {records.map(({ id, title, spec, startedAt }) => (
          <li key={id} className={classes.row} data-shown={id === shown}>
            <button
              type="button"
              className={classes.show}
              aria-current={id === shown}
              onClick={() => {
                onShow();
                if (id !== shown) void store.getState().show(id);
              }}
            >
              <span>{title}</span>
              <span className={`${classes.facts} numbers`}>
                {[startedWords(startedAt), ...spec.models.map(modelName)].join(" · ")}
              </span>
            </button>
            {id === running ? (
              <span className={classes.facts}>running</span>
            ) : (
              <DeleteButton
                label={`Delete the comparison of ${startedWords(startedAt)}`}
                onDelete={() => void store.getState().remove(id)}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
