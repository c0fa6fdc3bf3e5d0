import { Button } from "@mantine/core";
import type { Collection } from "../../ports/problem-store";
import type { ReferenceSummary } from "../../ports/reference-check";
import { useLab, useLabStore } from "../contexts";
import { DeleteButton, TextButton } from "../shared/buttons";
import { formatNumber } from "../shared/format";
import classes from "./CollectionList.module.css";

/** The collections of this browser. */
export function CollectionList() {
  const collections = useLab((state) => state.collections);
  if (collections === null || collections.length === 0) return null;
  return (
    <section aria-labelledby="collections-title">
      <h3 id="collections-title" className={classes.title}>
        In this browser
      </h3>
      <ul>
        {collections.map((collection) => (
          <Row key={collection.id} collection={collection} />
        ))}
      </ul>
    </section>
  );
}

function Row({ collection }: { readonly collection: Collection }) {
  const store = useLabStore();
  const { id, title, size, attribution, visibility } = collection;
  return (
    <li className={classes.row}>
      <span className="numbers">
        {title} <span className="quiet">{formatNumber(size, "problem")}</span>
      </span>
      <span className={classes.facts}>
        {visibility} {attribution}
      </span>
      <CheckLine collection={collection} />
      <Button
        className={classes.open ?? ""}
        size="xs"
        variant="light"
        aria-label={`Open ${title}`}
        onClick={() => void store.getState().chooseCollection(id)}
      >
        Open
      </Button>
      <span className={classes.delete}>
        <DeleteButton label={`Delete ${title}`} onDelete={() => void store.getState().removeCollection(id)} />
      </span>
    </li>
  );
}

/** Whether a collection's own solutions pass its tests in this sandbox: to find out, and what was found. */
function CheckLine({ collection }: { readonly collection: Collection }) {
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
