import { useEffect, useState } from "react";
import type { ReasoningTree } from "../../core/data/reasoning";
import type { KeptDataset } from "../../ports/dataset-store";
import { MOST_OPENED, type OpenDataset } from "../../store/train/state";
import { valueFill } from "../../viz/marks";
import { useTrainStore } from "../contexts";
import { TextButton } from "../shared/buttons";
import { formatCount, formatNumber } from "../shared/format";
import { LongText } from "../shared/LongText";
import { saveFile } from "../shared/save-file";
import { TIER_WORDS } from "../shared/words";
import classes from "./DatasetBrowser.module.css";

/** What is in a data set, also while it is made, and taking it along. */
export function DatasetBrowser({ dataset }: { readonly dataset: KeptDataset }) {
  const { kind, recipe, counts } = dataset;
  const open = useOpened(dataset);
  return (
    <div className={classes.browser}>
      <SaveLine dataset={dataset} />
      {kind === "trees" ? <Trees trees={open?.trees ?? []} /> : <Records open={open} isMadeHere={recipe !== null} />}
      {counts.lines > MOST_OPENED && (
        <p className={classes.more}>
          The {recipe === null ? "first" : "newest"} {MOST_OPENED} are listed; a saved file has all of them.
        </p>
      )}
    </div>
  );
}

/** What of a data set is looked into, anew whenever it has grown; null at first. */
function useOpened({ id, counts: { lines } }: KeptDataset): OpenDataset | null {
  const store = useTrainStore();
  const [opened, setOpened] = useState<{ readonly id: string; readonly content: OpenDataset } | null>(null);
  useEffect(() => {
    let isGone = lines === 0;
    void store
      .getState()
      .openDataset(id)
      .then((content) => {
        if (!isGone && content !== null) setOpened({ id, content });
      });
    return () => {
      isGone = true;
    };
  }, [store, id, lines]);
  return opened?.id === id ? opened.content : null;
}

/** The problems of reasoning data, and the steps of the one that is picked. */
function Trees({ trees }: { readonly trees: readonly ReasoningTree[] }) {
  const [problem, setProblem] = useState<string | null>(null);
  const tree = trees.find((each) => each.problem.id === problem);
  return (
    <div className={classes.split}>
      <ul className={classes.list} aria-label="Problems">
        {trees.map((each) => (
          <TreeRow
            key={each.problem.id}
            tree={each}
            isShown={each.problem.id === problem}
            onShow={() => setProblem(each.problem.id === problem ? null : each.problem.id)}
          />
        ))}
      </ul>
      {tree !== undefined && <TreeSteps tree={tree} />}
    </div>
  );
}

/** Records as they are. One that is made here keeps its height while it fills. */
function Records({ open, isMadeHere }: { readonly open: OpenDataset | null; readonly isMadeHere: boolean }) {
  const records = (open?.records ?? []).map((line, i) => ({ key: `${i}`, line }));
  return (
    <ul className={classes.records} data-steady={isMadeHere}>
      {records.map(({ key, line }) => (
        <li key={key}>
          <code>
            <LongText text={line} characters={240} />
          </code>
        </li>
      ))}
    </ul>
  );
}

function SaveLine({ dataset }: { readonly dataset: KeptDataset }) {
  const store = useTrainStore();
  const files = dataset.kind === "trees" ? TREE_FILES : [["all.jsonl", "Records"] as const];
  const save = async (file: string) => {
    const text = await store.getState().datasetText(dataset.id, file);
    saveFile(`${dataset.content ?? "data"}-${file}`, text, "application/jsonl");
  };
  return (
    <p className={classes.save}>
      <span>Save</span>
      {files.map(([file, label]) => (
        <TextButton key={file} label={`Save as ${file}`} onClick={() => void save(file)}>
          {label}
        </TextButton>
      ))}
    </p>
  );
}

/** Files of reasoning data: as they are, and as TRL's trainers read them. */
const TREE_FILES = [
  ["trees.jsonl", "Trees"],
  ["sft.jsonl", "SFT"],
  ["preference.jsonl", "Preferences"],
  ["stepwise.jsonl", "Stepwise"],
] as const;

interface TreeRowProps {
  readonly tree: ReasoningTree;
  readonly isShown: boolean;
  readonly onShow: () => void;
}

function TreeRow({ tree: { problem, nodes }, isShown, onShow }: TreeRowProps) {
  const programs = nodes.flatMap(({ pass }) => (pass === null ? [] : [pass]));
  const passing = programs.filter((pass) => pass === 1).length;
  return (
    <li>
      <button type="button" className={classes.row} aria-pressed={isShown} onClick={onShow}>
        <span className={classes.statement}>{problem.statement}</span>
        <span className={`${classes.facts} numbers`}>
          {[
            problem.tier === undefined ? "" : TIER_WORDS[problem.tier].toLowerCase(),
            formatNumber(nodes.length, "step"),
            passing === 0 ? "not solved" : `${formatCount(passing)} passing`,
          ]
            .filter((fact) => fact !== "")
            .join(" · ")}
        </span>
        <Programs passes={programs} />
      </button>
    </li>
  );
}

/** Programs of a problem that are drawn; the others are left out. */
const MOST_PROGRAMS = 40;

/** A sign for every program, in the order in which the search came to them, in the colour of the share of tests that it passes. */
function Programs({ passes }: { readonly passes: readonly number[] }) {
  const signs = passes.slice(0, MOST_PROGRAMS).map((pass, i) => ({ key: i, pass }));
  return (
    <span
      className={classes.programs}
      aria-hidden="true"
      title="A sign for every path, by the tests that its program passes"
    >
      {signs.map(({ key, pass }) => (
        <i key={key} data-passed={pass === 1} style={{ background: valueFill(pass) }} />
      ))}
    </span>
  );
}

/** The steps of a tree under one another, each with W / N and N. */
function TreeSteps({ tree: { nodes } }: { readonly tree: ReasoningTree }) {
  const depths = depthsOf(nodes);
  return (
    <ul className={classes.steps} aria-label="Steps">
      {inDepthFirstOrder(nodes).map((index) => {
        const node = nodes[index];
        if (!node) return null;
        const { step, visitCount, valueSum, pass, exact } = node;
        return (
          <li key={index} style={{ paddingLeft: 14 * (depths[index] ?? 0) }} data-pass={pass === 1}>
            <span className={`${classes.value} numbers`} title="W / N, and N: simulations that went through it">
              {visitCount === 0 ? "–" : (valueSum / visitCount).toFixed(2)} <small>×{visitCount}</small>
            </span>
            <code title={exact === null ? "" : exact ? "right so far" : "wrong so far"} data-exact={exact ?? "unknown"}>
              {step.text}
            </code>
          </li>
        );
      })}
    </ul>
  );
}

type Nodes = ReasoningTree["nodes"];

function depthsOf(nodes: Nodes): readonly number[] {
  const depths: number[] = [];
  for (const { parent } of nodes) depths.push(parent === null ? 0 : (depths[parent] ?? 0) + 1);
  return depths;
}

/** A step before what follows it, the most visited of siblings first. */
function inDepthFirstOrder(nodes: Nodes): readonly number[] {
  const children = new Map<number | null, number[]>();
  for (const [index, { parent }] of nodes.entries()) children.set(parent, [...(children.get(parent) ?? []), index]);
  const visits = (index: number) => nodes[index]?.visitCount ?? 0;
  const below = (parent: number | null): readonly number[] =>
    (children.get(parent) ?? []).toSorted((a, b) => visits(b) - visits(a)).flatMap((index) => [index, ...below(index)]);
  return below(null);
}
