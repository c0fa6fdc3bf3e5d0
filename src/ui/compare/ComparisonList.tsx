import { DeleteButton } from "../shared/DeleteButton";
import classes from "./ComparisonList.module.css";
import setup from "./ComparisonSetup.module.css";
import { modelName, startedWords } from "./comparison-words";
import { useComparison, useComparisonStore } from "./use-comparison";

interface ComparisonListProps {
  readonly onShow: () => void;
}

/** What was compared before in this browser. */
export function ComparisonList({ onShow }: ComparisonListProps) {
  const store = useComparisonStore();
  const records = useComparison((state) => state.records);
  const shown = useComparison((state) => state.shown?.record.id);
  const running = useComparison((state) => state.run?.comparison);
  if (records === null || records.length === 0) return null;
  return (
    <section className={setup.section} aria-labelledby="comparison-list">
      <h2 id="comparison-list" className={setup.title}>
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
