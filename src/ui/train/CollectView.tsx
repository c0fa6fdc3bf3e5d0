import type { KeptDataset } from "../../ports/dataset-store";
import { formatCount } from "../shared/format";
import classes from "./CollectView.module.css";
import { DatasetBrowser } from "./DatasetBrowser";

/** A data set as it comes, or came. */
export function CollectView({ dataset }: { readonly dataset: KeptDataset }) {
  const { kind, counts, recipe } = dataset;
  const figures =
    kind === "trees"
      ? ([
          ["problems", counts.problems, recipe?.problems],
          ["solved", counts.solved, undefined],
          ["passing paths", counts.paths, undefined],
          ["steps", counts.nodes, undefined],
          ["sampled tokens", counts.tokens, undefined],
        ] as const)
      : ([
          ["problems", counts.problems, recipe?.problems],
          ["pairs", counts.lines, undefined],
        ] as const);
  return (
    <>
      <dl className={`${classes.figures} numbers`}>
        {figures.map(([word, count, of]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>
              {formatCount(count)}
              {of !== undefined && <small> of {formatCount(of)}</small>}
            </dd>
          </div>
        ))}
      </dl>
      <DatasetBrowser dataset={dataset} />
    </>
  );
}
