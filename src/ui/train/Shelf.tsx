import { useEffect, useRef, useState } from "react";
import { useLab, useTrain, useTrainStore } from "../contexts";
import { TextButton } from "../shared/buttons";
import { formatNumber } from "../shared/format";
import { CheckpointDetail } from "./CheckpointDetail";
import { DatasetDetail } from "./DatasetDetail";
import { Lineage } from "./Lineage";
import classes from "./Shelf.module.css";

/** What was made in this browser, what came from what, and what can be done with it. */
export function Shelf() {
  const datasets = useTrain((state) => state.datasets);
  const checkpoints = useLab((state) => state.checkpoints) ?? [];
  const [picked, setPicked] = useState<string | null>(null);
  const newest = useNewest(checkpoints[0]?.record.id ?? null, setPicked);
  const checkpoint = checkpoints.find(({ record }) => record.id === picked);
  const dataset = datasets.find(({ id }) => id === picked);
  const isEmpty = datasets.length === 0 && checkpoints.length === 0;
  return (
    <section className={classes.shelf} aria-label="Made here">
      <header className={classes.head}>
        <h3 className={classes.title}>Checkpoints and data sets</h3>
        <ImportButtons />
      </header>
      <ImportReport />
      {isEmpty ? (
        <p className={classes.empty}>What is collected and trained is kept in this browser, and stands here.</p>
      ) : (
        <Lineage picked={picked} newest={newest} onPick={setPicked} />
      )}
      {checkpoint !== undefined && <CheckpointDetail key={picked} kept={checkpoint} />}
      {dataset !== undefined && <DatasetDetail dataset={dataset} />}
    </section>
  );
}

/** Calls back with a checkpoint that comes while this is on the screen: it was made to be looked at. */
function useNewest(id: string | null, onNew: (id: string) => void): string | null {
  const known = useRef<string | null | undefined>(undefined);
  const [newest, setNewest] = useState<string | null>(null);
  const isLoaded = useTrain((state) => state.isLoaded);
  useEffect(() => {
    if (!isLoaded) return;
    const before = known.current;
    known.current = id;
    if (before === undefined || before === id || id === null) return;
    setNewest(id);
    onNew(id);
  }, [isLoaded, id, onNew]);
  return newest;
}

/** Takes in a zip of a checkpoint, or a file of a data set. */
function ImportButtons() {
  const store = useTrainStore();
  const { importCheckpoint, importDataset } = store.getState();
  const takeZip = async (file: File) => importCheckpoint(new Uint8Array(await file.arrayBuffer()));
  const takeLines = async (file: File) => importDataset(file.name, await file.text());
  const zip = useRef<HTMLInputElement>(null);
  const lines = useRef<HTMLInputElement>(null);
  return (
    <p className={classes.import}>
      <span>Import</span>
      <TextButton onClick={() => zip.current?.click()} label="Import a checkpoint">
        checkpoint
      </TextButton>
      <TextButton onClick={() => lines.current?.click()} label="Import a data set">
        data set
      </TextButton>
      <input
        ref={zip}
        type="file"
        accept=".zip"
        aria-label="Zip of a checkpoint"
        hidden
        onChange={(event) => take(event.currentTarget, takeZip)}
      />
      <input
        ref={lines}
        type="file"
        accept=".jsonl,.json,.txt"
        aria-label="File of a data set"
        hidden
        onChange={(event) => take(event.currentTarget, takeLines)}
      />
    </p>
  );
}

/** Takes the file that was chosen; the same one can then be chosen again. */
function take(input: HTMLInputElement, use: (file: File) => Promise<void>): void {
  const [file] = input.files ?? [];
  if (file) void use(file);
  input.value = "";
}

/** Lines that are told of; the others are counted. */
const MOST_TOLD = 3;

/** What became of the file that was imported last. */
function ImportReport() {
  const imported = useTrain((state) => state.imported);
  if (imported === null) return null;
  const { taken, refused } = imported;
  const told = refused.slice(0, MOST_TOLD).map(({ line, message }) => `Line ${line} is left out. ${message}`);
  return (
    <ul className={classes.report} role="status">
      <li>{formatNumber(taken, "line")} taken.</li>
      {told.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
      {refused.length > told.length && <li>{formatNumber(refused.length - told.length, "other line")} likewise.</li>}
    </ul>
  );
}
