import type { KeptDataset } from "../../ports/dataset-store";
import { useLab, useTrainStore } from "../contexts";
import { DeleteButton } from "../shared/buttons";
import classes from "./CheckpointDetail.module.css";
import { DatasetBrowser } from "./DatasetBrowser";
import { countWords, datasetRemovalWords } from "./train-words";

/** A data set: what is in it, taking it along, and removing it. */
export function DatasetDetail({ dataset }: { readonly dataset: KeptDataset }) {
  const store = useTrainStore();
  const checkpoints = useLab((state) => state.checkpoints) ?? [];
  return (
    <article className={classes.detail} aria-label={dataset.title}>
      <header className={classes.head}>
        <h4 className={classes.title}>
          {dataset.title} <span className="quiet">{countWords(dataset.counts, dataset.kind)}</span>
        </h4>
        <DeleteButton
          label={`Remove ${dataset.title}`}
          consequences={datasetRemovalWords(dataset, checkpoints)}
          onDelete={() => void store.getState().removeDataset(dataset.id)}
        />
      </header>
      <DatasetBrowser dataset={dataset} />
    </article>
  );
}
