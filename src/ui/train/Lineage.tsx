import { linkHorizontal } from "d3";
import { useCallback, useMemo } from "react";
import type { KeptCheckpoint } from "../../ports/checkpoint-store";
import type { KeptDataset } from "../../ports/dataset-store";
import { datasetsOf } from "../../ports/trainer";
import type { KeptTraining } from "../../ports/training-archive";
import { directParents, type LineagePart, placeLineage } from "../../viz/lineage";
import { useLab, useTrain } from "../contexts";
import classes from "./Lineage.module.css";
import { checkpointName, countWords, DATASET_WORDS, keyFigure } from "./train-words";

/** Pixels. */
const COLUMN = 304;
const ROW = 58;
const WIDTH = 258;
const HEIGHT = 46;

const link = linkHorizontal();

/** What stands in the graph. */
interface Part extends LineagePart {
  readonly name: string;
  readonly figure: string;
  readonly kind: "base" | "dataset" | "checkpoint";
}

const BASE: Part = { id: "tiny", parents: [], name: "Tiny model", figure: "as shipped", kind: "base" };

interface LineageProps {
  readonly picked: string | null;
  /** The checkpoint that has just come; null for none. */
  readonly newest: string | null;
  readonly onPick: (id: string | null) => void;
}

/** Data sets and checkpoints, each joined to what it was made from. */
export function Lineage({ picked, newest, onPick }: LineageProps) {
  const datasets = useTrain((state) => state.datasets);
  const trainings = useTrain((state) => state.trainings);
  const checkpoints = useLab((state) => state.checkpoints);
  const parts = useMemo(() => partsOf(datasets, checkpoints ?? [], trainings), [datasets, checkpoints, trainings]);
  const frame = useFadedEdges();
  const places = useMemo(() => placeLineage(parts), [parts]);
  const at = (id: string) => {
    const { column = 0, row = 0 } = places.get(id) ?? {};
    return { x: column * COLUMN, y: row * ROW };
  };
  const width = Math.max(...parts.map(({ id }) => at(id).x)) + WIDTH;
  const height = Math.max(...parts.map(({ id }) => at(id).y)) + HEIGHT;
  return (
    <div className={classes.frame} ref={frame}>
      <div className={classes.graph} style={{ width, height }}>
        <svg width={width} height={height} aria-hidden="true">
          {parts.flatMap((part) =>
            directParents(part, parts).map((parent) => {
              const { id } = part;
              const [from, to] = [at(parent), at(id)];
              const source: [number, number] = [from.x + WIDTH, from.y + HEIGHT / 2];
              const target: [number, number] = [to.x, to.y + HEIGHT / 2];
              return (
                <path
                  key={`${parent} ${id}`}
                  d={link({ source, target }) ?? ""}
                  data-strong={picked === id || picked === parent}
                />
              );
            }),
          )}
        </svg>
        {parts.map(({ id, name, figure, kind }) => {
          const { x, y } = at(id);
          return (
            <button
              key={id}
              type="button"
              className={classes.part}
              data-kind={kind}
              data-new={id === newest}
              style={{ left: x, top: y, width: WIDTH, height: HEIGHT }}
              aria-pressed={id === picked}
              disabled={kind === "base"}
              onClick={() => onPick(id === picked ? null : id)}
            >
              <span>{name}</span>
              <small className="numbers">{figure}</small>
            </button>
          );
        })}
      </div>
    </div>
  );
}

/** Says in the data attributes of an element on which sides there is more to scroll to. */
function useFadedEdges(): (element: HTMLElement | null) => (() => void) | undefined {
  return useCallback((element) => {
    if (element === null) return;
    const say = () => {
      const { scrollLeft, scrollWidth, clientWidth } = element;
      element.dataset.before = String(scrollLeft > 1);
      element.dataset.after = String(scrollLeft + clientWidth < scrollWidth - 1);
    };
    const observer = new ResizeObserver(say);
    for (const each of [element, ...element.children]) observer.observe(each);
    element.addEventListener("scroll", say, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", say);
    };
  }, []);
}

/** The graph's parts: the oldest first, so that rows are in the order of time. */
function partsOf(
  datasets: readonly KeptDataset[],
  checkpoints: readonly KeptCheckpoint[],
  trainings: readonly KeptTraining[],
): readonly Part[] {
  const known = new Set(checkpoints.map(({ record }) => record.id));
  const byContent = new Map(datasets.map(({ id, content }) => [content, id]));
  const fromModel = (model: string) => {
    const id = /^tiny@(\w+)/.exec(model)?.[1];
    return id !== undefined && known.has(id) ? id : BASE.id;
  };
  const made = datasets.map(
    ({ id, kind, recipe, counts, title }): Part => ({
      id,
      parents: recipe === null || recipe.source === "exchanged" ? [] : [fromModel(recipe.model)],
      name: recipe === null ? title : DATASET_WORDS[kind],
      figure: countWords(counts, kind),
      kind: "dataset",
    }),
  );
  const trained = checkpoints.map(({ record, isShipped }): Part => {
    const { id, parents, options } = record;
    const training = trainings.find(({ checkpoint }) => checkpoint === id);
    const read = datasetsOf(options).flatMap((content) => byContent.get(content) ?? []);
    const begun = parents.filter((parent) => known.has(parent));
    return {
      id,
      parents: [...(begun.length > 0 ? begun : [BASE.id]), ...read],
      name: checkpointName(record),
      figure: isShipped ? "as shipped" : training ? keyFigure(training) : figureOf(record.metrics),
      kind: "checkpoint",
    };
  });
  return [BASE, ...made.toReversed(), ...trained.toReversed()];
}

function figureOf({ evaluation, loss }: Readonly<Record<string, number>>): string {
  const figure = evaluation ?? loss;
  return figure === undefined ? "" : `${evaluation === undefined ? "loss" : "held-out loss"} ${figure.toPrecision(3)}`;
}
