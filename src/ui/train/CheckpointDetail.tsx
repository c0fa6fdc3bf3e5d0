import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import type { CheckpointRecord, KeptCheckpoint } from "../../ports/checkpoint-store";
import { datasetsOf } from "../../ports/trainer";
import { useLab, useLabStore, useTrain, useTrainStore } from "../contexts";
import { shortId } from "../models/model-words";
import { DeleteButton, TextButton } from "../shared/buttons";
import { formatBytes, formatCount } from "../shared/format";
import { saveFile } from "../shared/save-file";
import classes from "./CheckpointDetail.module.css";
import { CurveSet, type DrawnTraining } from "./Curves";
import { checkpointName, KIND_WORDS, metricWords, removalWords } from "./train-words";

/** What each kind does once it is at work. */
const AT_WORK: Readonly<Record<CheckpointRecord["kind"], string>> = {
  base: "It is the policy now.",
  policy: "It is the policy now.",
  tcg: "It writes the generated tests now.",
  prm: "Its values stand beside Q; beam search goes by them, and tree search does where Leaf values says so.",
};

/** Puts a checkpoint to work in the explorer, and shows that. */
export function usePutToWork(): (record: CheckpointRecord) => void {
  const lab = useLabStore();
  return (record) => {
    const { putToWork, showExplorer, notify } = lab.getState();
    putToWork(record);
    showExplorer();
    notify({ tone: "info", message: `${checkpointName(record)} is at work. ${AT_WORK[record.kind]}`, hint: "" });
  };
}

/** A checkpoint: its record, what can be done with it, and another one beside it. */
export function CheckpointDetail({ kept }: { readonly kept: KeptCheckpoint }) {
  const store = useTrainStore();
  const use = usePutToWork();
  const checkpoints = useLab((state) => state.checkpoints) ?? [];
  const trainings = useTrain((state) => state.trainings);
  const datasets = useTrain((state) => state.datasets);
  const model = useLab((state) => state.spec.model);
  const [against, setAgainst] = useState("");
  const { record, bytes, isShipped = false } = kept;
  const other = checkpoints.find((each) => each.record.id === against)?.record;
  const others = checkpoints.filter((each) => each.record.id !== record.id);

  const save = async () => {
    const zip = await store.getState().checkpointZip(record.id);
    if (zip) saveFile(`${record.kind}-${record.id}.zip`, zip, "application/zip");
  };

  return (
    <article className={classes.detail} aria-label={checkpointName(record)}>
      <header className={classes.head}>
        <h4 className={classes.title}>
          {checkpointName(record)} <span className="quiet">{formatBytes(bytes)}</span>
        </h4>
        <div className={classes.actions}>
          <Button size="xs" onClick={() => use(record)}>
            Put to work
          </Button>
          <TextButton onClick={() => void save()}>Save as zip</TextButton>
          {!isShipped && (
            <DeleteButton
              label={`Remove ${checkpointName(record)}`}
              consequences={removalWords(record.id, { trainings, checkpoints, datasets, model })}
              onDelete={() => void store.getState().removeCheckpoint(record.id)}
            />
          )}
        </div>
      </header>
      {others.length > 0 && (
        <NativeSelect
          className={classes.against ?? ""}
          size="xs"
          aria-label="Compare with"
          data={[
            { value: "", label: "Compare with…" },
            ...others.map((each) => ({ value: each.record.id, label: checkpointName(each.record) })),
          ]}
          value={against}
          onChange={(event) => setAgainst(event.currentTarget.value)}
        />
      )}
      {other ? <RecordTable records={[record, other]} /> : <Facts record={record} />}
      {other !== undefined && <BothCurves records={[record, other]} />}
    </article>
  );
}

const COLORS = ["var(--accent)", "light-dark(#b25c06, #f0a860)"] as const;

/** The curves of two checkpoints over one another, where they were trained here. */
function BothCurves({ records }: { readonly records: readonly CheckpointRecord[] }) {
  const trainings = useTrain((state) => state.trainings);
  const drawn = records.flatMap((record, i): readonly DrawnTraining[] => {
    const training = trainings.find(({ checkpoint }) => checkpoint === record.id);
    return training ? [{ name: checkpointName(record), color: COLORS[i] ?? COLORS[0], training }] : [];
  });
  return drawn.length === 0 ? null : <CurveSet drawn={drawn} />;
}

/** What a record says. */
function Facts({ record }: { readonly record: CheckpointRecord }) {
  return (
    <dl className={`${classes.facts} numbers`}>
      {[...factsOf(record)].map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Two records side by side; rows in which they differ stand out. */
function RecordTable({ records }: { readonly records: readonly CheckpointRecord[] }) {
  const columns = records.map(factsOf);
  const names = [...new Set(columns.flatMap((facts) => [...facts.keys()]))];
  return (
    <div className={classes.frame}>
      <table className={`${classes.table} numbers`}>
        <thead>
          <tr>
            <td />
            {records.map((record) => (
              <th key={record.id} scope="col">
                {checkpointName(record)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const values = columns.map((facts) => facts.get(name) ?? "–");
            return (
              <tr key={name} data-differs={new Set(values).size > 1}>
                <th scope="row">{name}</th>
                {values.map((value, i) => (
                  <td key={records[i]?.id}>{value}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** A record, name by name. */
function factsOf({ id, kind, parents, objective, seed, step, tokens, metrics, options }: CheckpointRecord) {
  const { peakLearningRate, length } = options;
  const { "evaluation.step": best, ...figures } = metrics;
  const read = datasetsOf(options);
  return new Map<string, string>([
    ["id", id],
    ["kind", KIND_WORDS[kind].toLowerCase()],
    ["objective", objective],
    ["began with", parents.map(shortId).join(", ") || "random weights"],
    ...(read.length === 0 ? [] : ([["learnt from", read.map(shortId).join(", ")]] as const)),
    ...(typeof peakLearningRate === "number" ? ([["learning rate", String(peakLearningRate)]] as const) : []),
    ...(length === undefined ? [] : ([["length", lengthWords(length)]] as const)),
    ["seed", String(seed)],
    [
      "weights",
      best === undefined
        ? `of step ${formatCount(step)}, the last`
        : `of step ${formatCount(best)} of ${formatCount(step)}, the best`,
    ],
    ["tokens", formatCount(tokens)],
    ...Object.entries(figures).map(
      ([name, value]) => [figureWords(name, objective), String(Number(value.toPrecision(4)))] as const,
    ),
  ]);
}

/** What a record's figure is called: those on what is held out are named so there. */
function figureWords(name: string, objective: string): string {
  const [, held] = /^evaluation\.?(.*)$/.exec(name) ?? [];
  if (held === undefined) return metricWords(name, objective).name;
  return `held-out ${metricWords(held === "" ? "loss" : held, objective).name}`;
}

function lengthWords(length: unknown): string {
  const { epochs, tokens } = (length ?? {}) as { readonly epochs?: number; readonly tokens?: number };
  if (epochs === undefined) return `${formatCount(tokens ?? 0)} tokens`;
  return epochs === 1 ? "1 pass" : `${epochs} passes`;
}
