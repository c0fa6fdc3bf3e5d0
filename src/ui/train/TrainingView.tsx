import { datasetsOf, type TrainingSetup } from "../../ports/trainer";
import type { KeptTraining } from "../../ports/training-archive";
import { useLab, useTrain } from "../contexts";
import { formatCount, formatNumber } from "../shared/format";
import { Curves } from "./Curves";
import classes from "./TrainingView.module.css";
import { formatLoss, sizeWords, startName } from "./train-words";
import { WatchedView } from "./WatchedView";

/** A training as it goes or went: its figures, its curves, and what it answers on the way. */
export function TrainingView({ training }: { readonly training: KeptTraining }) {
  const setup = useTrain((state) => state.setups[training.id]);
  return (
    <>
      <Facts training={training} setup={setup} />
      <Curves training={training} />
      {training.watch !== undefined && <WatchedView training={training} watch={training.watch} />}
    </>
  );
}

interface FactsProps {
  readonly training: KeptTraining;
  readonly setup: TrainingSetup | undefined;
}

function Facts({ training, setup }: FactsProps) {
  const checkpoints = useLab((state) => state.checkpoints) ?? [];
  const { job, progress } = training;
  const read = datasetsOf(job);
  const dataset = useTrain((state) => state.datasets.find(({ content }) => read.includes(content ?? "")) ?? null);
  const kindOf = (id: string) => checkpoints.find(({ record }) => record.id === id)?.record.kind;
  const facts = [
    `from ${startName(job.start, kindOf)}`,
    dataset === null ? "" : `on ${sizeWords(dataset, job.kind)}`,
    setup?.train != null
      ? `${formatNumber(setup.train, "record")} to learn from, ${formatCount(setup.validation ?? 0)} held out`
      : "",
    progress ? `step ${formatCount(progress.step)}, ${formatCount(progress.tokens)} tokens` : "",
    progress && Number.isFinite(progress.loss) ? `loss ${formatLoss(progress.loss)}` : "",
    progress && Number.isFinite(progress.tokensPerSecond) && progress.step > 0
      ? `${formatCount(Math.round(progress.tokensPerSecond))} tokens/s on ${progress.backend}`
      : "",
  ].filter((fact) => fact !== "");
  return (
    <div>
      <p className={`${classes.facts} numbers`}>{facts.join(" · ")}</p>
      {setup !== undefined && <LeftOut setup={setup} />}
    </div>
  );
}

/** Lines that are told of; the others are counted. */
const MOST_TOLD = 3;

/** What of the data could not be learnt from. */
function LeftOut({ setup: { faults, dropped } }: { readonly setup: TrainingSetup }) {
  if (faults.length === 0 && dropped === 0) return null;
  const told = faults.slice(0, MOST_TOLD).map(({ line, message }) => `Line ${line} is left out. ${message}`);
  const more = faults.length - told.length;
  return (
    <ul className={classes.leftOut}>
      {told.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
      {more > 0 && <li>{formatNumber(more, "other line")} likewise.</li>}
      {dropped > 0 && <li>{formatNumber(dropped, "record")} did not fit into a row and were left out.</li>}
    </ul>
  );
}
