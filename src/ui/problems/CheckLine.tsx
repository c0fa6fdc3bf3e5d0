import type { Collection } from "../../ports/problem-store";
import type { ReferenceSummary } from "../../ports/reference-check";
import { useLab, useLabStore } from "../lab-context";
import { formatNumber } from "../shared/format";
import { TextButton } from "../shared/TextButton";
import classes from "./CheckLine.module.css";

/** Whether a collection's own solutions pass its tests in this sandbox: to find out, and what was found. */
export function CheckLine({ collection }: { readonly collection: Collection }) {
  const store = useLabStore();
  const checking = useLab((state) => (state.checking?.collection === collection.id ? state.checking : null));
  const { checkCollection, cancelCheck } = store.getState();
  const { id, title, checked, references } = collection;
  if (references === 0) return <p className={`${classes.line} quiet`}>no reference solutions</p>;
  if (checking !== null) {
    const { progress } = checking;
    return (
      <p className={classes.line}>
        <span className="numbers" role="status">
          {progress === null ? "Starting the check…" : `Checked ${progress.done} of ${progress.total}`}
        </span>{" "}
        <TextButton onClick={cancelCheck}>Cancel</TextButton>
      </p>
    );
  }
  return (
    <div className={classes.line}>
      {checked !== undefined && <Summary {...checked} />}
      <TextButton
        label={`Run the reference solutions of ${title}`}
        onClick={() => {
          void checkCollection(id);
        }}
      >
        {checked === undefined ? "Run its reference solutions" : "Run them again"}
      </TextButton>
    </div>
  );
}

function Summary({ passed, total, failed }: ReferenceSummary) {
  const words = `${passed} of ${formatNumber(total, "problem")} pass with their reference solutions`;
  if (failed.length === 0) return <span className={`numbers ${classes.words}`}>{words} </span>;
  return (
    <details className={classes.words}>
      <summary className="numbers">{words}</summary>
      <ul className={classes.failed}>
        {failed.map(({ id, reason }) => (
          <li key={id}>
            <code>{id}</code> {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
