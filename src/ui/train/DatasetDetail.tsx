import type { KeptDataset } from "../../ports/dataset-store";
import { useTrainStore } from "../contexts";
import { DeleteButton } from "../shared/buttons";
import classes from "./CheckpointDetail.module.css";
import { DatasetBrowser } from "./DatasetBrowser";
import { countWords } from "./train-words";

/** A data set: what is in it, taking it along, and removing it. */
export function DatasetDetail({ dataset }: { readonly dataset: KeptDataset }) {
  const store = useTrainStore();
  return (
    <article className={classes.detail} aria-label={dataset.title}>
      <header className={classes.head}>
        <h4 className={classes.title}>
          {dataset.title} <span className="quiet">{countWords(dataset.counts, dataset.kind)}</span>
        </h4>
        <DeleteButton
          label={`Remove ${dataset.title}`}
          onDelete={() => void store.getState().removeDataset(dataset.id)}
        />
      </header>
      <DatasetBrowser dataset={dataset} />
    </article>
  );
}
