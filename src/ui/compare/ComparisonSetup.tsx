import "@mantine/core/styles/Checkbox.css";
// The arrow of a native select is the combobox's chevron.
import "@mantine/core/styles/Combobox.css";
import { Button } from "@mantine/core";
import { useLab } from "../lab-context";
import { badNumberField, focusField } from "../setup/bad-number-field";
import { Icon } from "../shared/Icon";
import { TextButton } from "../shared/TextButton";
import { BudgetFields } from "./BudgetFields";
import { ComparisonList } from "./ComparisonList";
import classes from "./ComparisonSetup.module.css";
import { ModelChoice } from "./ModelChoice";
import { ProblemChoice } from "./ProblemChoice";
import { StrategyChoice } from "./StrategyChoice";
import { useComparison, useComparisonStore } from "./use-comparison";

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
