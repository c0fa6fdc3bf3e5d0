import { Button } from "@mantine/core";
import type { Collection } from "../../ports/problem-store";
import { useLab, useLabStore } from "../lab-context";
import { DeleteButton } from "../shared/DeleteButton";
import { formatNumber } from "../shared/format";
import { CheckLine } from "./CheckLine";
import classes from "./CollectionList.module.css";
import { useOpenCollection } from "./use-open-collection";

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
  const open = useOpenCollection();
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
        onClick={() => open(id)}
      >
        Open
      </Button>
      <span className={classes.delete}>
        <DeleteButton label={`Delete ${title}`} onDelete={() => void store.getState().removeCollection(id)} />
      </span>
    </li>
  );
}
