import "@mantine/core/styles/Checkbox.css";
// The arrow of a native select is the combobox's chevron.
import "@mantine/core/styles/Combobox.css";
import { Button } from "@mantine/core";
import { useLab } from "../lab-context";
import { badNumberField, focusField } from "../setup/bad-number-field";
import { Icon } from "../shared/Icon";
import { TextButton } from "../shared/TextButton";
import { BenchList } from "./BenchList";
import classes from "./BenchSetup.module.css";
import { BudgetFields } from "./BudgetFields";
import { ModelChoice } from "./ModelChoice";
import { ProblemChoice } from "./ProblemChoice";
import { StrategyChoice } from "./StrategyChoice";
import { useBench, useBenchStore } from "./use-bench";

interface BenchSetupProps {
  /** A comparison of the list is to be seen. */
  readonly onShow: () => void;
}

/** What to compare, on what, at which budget; and what was compared before. */
export function BenchSetup({ onShow }: BenchSetupProps) {
  const showDialog = useLab((state) => state.showDialog);
  return (
    <>
      <div className={classes.scroll}>
        <section className={classes.section} aria-labelledby="bench-models">
          <div className={classes.head}>
            <h2 id="bench-models" className={classes.title}>
              Models
            </h2>
            <TextButton onClick={() => showDialog("model")}>Choose a model</TextButton>
          </div>
          <ModelChoice />
        </section>
        <section className={classes.section} aria-labelledby="bench-strategies">
          <h2 id="bench-strategies" className={classes.title}>
            Strategies
          </h2>
          <StrategyChoice />
        </section>
        <section className={classes.section} aria-labelledby="bench-problems">
          <div className={classes.head}>
            <h2 id="bench-problems" className={classes.title}>
              Problems
            </h2>
            <TextButton onClick={() => showDialog("problems")}>Add problems</TextButton>
          </div>
          <ProblemChoice />
        </section>
        <section className={classes.section} aria-labelledby="bench-budget">
          <h2 id="bench-budget" className={classes.title}>
            Budget
          </h2>
          <BudgetFields />
        </section>
        <BenchList onShow={onShow} />
      </div>
      <StartBar />
    </>
  );
}

function StartBar() {
  const store = useBenchStore();
  const fault = useBench((state) => state.draftFault);
  const isRunning = useBench((state) => state.run !== null);
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
