import { DeleteButton } from "../shared/DeleteButton";
import classes from "./BenchList.module.css";
import setup from "./BenchSetup.module.css";
import { modelName, startedWords } from "./bench-words";
import { useBench, useBenchStore } from "./use-bench";

interface BenchListProps {
  readonly onShow: () => void;
}

/** What was compared before in this browser. */
export function BenchList({ onShow }: BenchListProps) {
  const store = useBenchStore();
  const records = useBench((state) => state.records);
  const shown = useBench((state) => state.shown?.record.id);
  const running = useBench((state) => state.run?.bench);
  if (records === null || records.length === 0) return null;
  return (
    <section className={setup.section} aria-labelledby="bench-list">
      <h2 id="bench-list" className={setup.title}>
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
