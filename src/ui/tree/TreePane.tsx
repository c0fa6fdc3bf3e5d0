import { type RefObject, useEffect, useRef } from "react";
import { isCeiling } from "../../core/config";
import { parseModelRef } from "../../core/model";
import { COMPARISON_HASH, isSameExperiment } from "../../store/address";
import {
  type Colouring,
  isForeign,
  isScored,
  type RunOrigin,
  type RunViewState,
  shownColouring,
} from "../../store/run/run-view";
import { MARK_WORDS, type Mark, valueFill, valueGradient } from "../../viz/marks";
import { sceneOf } from "../../viz/scene";
import { TreeView } from "../../viz/tree-view";
import { useLab, useRun, useRunView } from "../contexts";
import { ErrorBoundary } from "../frame/ErrorBoundary";
import { modelWords } from "../models/model-words";
import { STRATEGY_SHORT } from "../setup/settings";
import { IconButton } from "../shared/buttons";
import { Icon, MarkIcon } from "../shared/Icon";
import { Scrubber } from "./Scrubber";
import classes from "./TreePane.module.css";

const ZOOM_STEP = 1.4;

/** The tree with its caption, its legend and the scrubber. */
export function TreePane() {
  const view = useRef<TreeView | null>(null);
  const isEmpty = useRun((run) => run.state.nodes.length === 0);
  return (
    <ErrorBoundary what="tree">
      <div className={classes.pane}>
        <div className={classes.top}>
          <RunCaption />
          <div className={classes.zoom}>
            <IconButton icon="plus" label="Zoom in" onClick={() => view.current?.zoomBy(ZOOM_STEP)} />
            <IconButton icon="minus" label="Zoom out" onClick={() => view.current?.zoomBy(1 / ZOOM_STEP)} />
            <IconButton icon="fit" label="Fit the tree (F)" onClick={() => view.current?.fit()} />
          </div>
        </div>
        <div className={classes.canvas}>
          <TreeCanvas view={view} />
          {isEmpty && <EmptyTree />}
        </div>
        <Legend />
        <Scrubber />
      </div>
    </ErrorBoundary>
  );
}

const ORIGIN_WORDS: Record<RunOrigin, string> = {
  live: "",
  recorded: "recorded run",
  imported: "from a file",
  compared: "from a comparison",
};

const CEILING_WORDS = "a ceiling, no strategy: its values are the puzzle maker's";

/** Which run the tree shows; it may be another than the one that is set up. */
function RunCaption() {
  const title = useRun((run) => run.state.problem?.title);
  const spec = useRun((run) => run.runSpec);
  const origin = useRun((run) => run.origin);
  const mode = useRun((run) => run.state.mode);
  const isCeilingRun = useRun((run) => run.state.config !== null && isCeiling(run.state.config));
  const isStale = useLab((state) => spec !== null && !isSameExperiment(state.spec, spec));
  // Its name stands nowhere else then.
  const isOthers = useLab((state) => spec !== null && state.spec.model !== spec.model);
  if (title === undefined) return <p className={classes.caption} />;
  const strategy = spec === null ? "" : `${STRATEGY_SHORT[spec.config.strategy]} · seed ${spec.seed}`;
  const facts = [
    isCeilingRun ? CEILING_WORDS : "",
    mode === "synthesis" ? "searches on the training tests" : "",
    ORIGIN_WORDS[origin],
    isOthers ? strategy : "",
    isStale && !isOthers && origin !== "compared" ? "settings changed since" : "",
  ].filter((fact) => fact !== "");
  return (
    <p className={classes.caption}>
      {origin === "compared" && (
        <a className={classes.back} href={COMPARISON_HASH} aria-label="Back to the comparison">
          <Icon name="chevron" />
          <span>Back to the comparison</span>
        </a>
      )}
      <strong title={title}>{title}</strong>
      {spec === null ? (
        <span>settings, model and seed not known</span>
      ) : (
        <span className={classes.fixed}>
          {isOthers ? `made by ${modelWords(parseModelRef(spec.model)).name}` : strategy}
        </span>
      )}
      {facts.length > 0 && <span title={facts.join(" · ")}>{`· ${facts.join(" · ")}`}</span>}
    </p>
  );
}

interface TreeCanvasProps {
  /** Receives the drawing, for the buttons that zoom it. */
  readonly view: RefObject<TreeView | null>;
}

/** The element the tree is drawn in. Renders once: the drawing follows the run by itself. */
function TreeCanvas({ view }: TreeCanvasProps) {
  const run = useRunView();
  const element = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (element.current === null) return;
    const tree = new TreeView(element.current, { selected: (id) => run.getState().select(id) });
    view.current = tree;
    tree.update(sceneOf(run.getState()));
    const unsubscribe = run.subscribe((shown, before) => {
      const keys = ["state", "selected", "runId", "colouring"] as const;
      if (keys.every((key) => shown[key] === before[key])) return;
      tree.update(sceneOf(shown));
    });
    return () => {
      unsubscribe();
      tree.destroy();
      view.current = null;
    };
  }, [run, view]);

  return (
    <div
      ref={element}
      className={classes.treeCanvas}
      role="tree"
      aria-label="Search tree"
      tabIndex={0}
      data-testid="tree"
    />
  );
}

/** What stands in the middle while there is no tree. */
function EmptyTree() {
  const words = useRun(wordsFor);
  return (
    <div className={classes.empty}>
      <svg width="150" height="84" viewBox="0 0 150 84" aria-hidden="true" focusable="false">
        <path d="M10 42C45 42 40 18 72 18M10 42C45 42 40 66 72 66M72 18C106 18 102 6 138 6M72 18C106 18 102 30 138 30M72 66C106 66 102 54 138 54M72 66C106 66 102 78 138 78" />
      </svg>
      <p>{words}</p>
    </div>
  );
}

function wordsFor({ status, preparation, length, position, state }: RunViewState): string {
  if (status === "preparing") return `${preparation?.message ?? "Starting"}…`;
  if (status === "failed") return "There is no tree to show.";
  if (length === 0) return "Press Run, and the tree grows here.";
  if (position < length || status === "ended") return "Here the run begins.";
  return (state.config?.numGeneratedTests ?? 0) > 0 ? "The model writes tests…" : "The model thinks…";
}

const MARKS: readonly (readonly [Mark, number])[] = [
  ["define", 0.5],
  ["refine", 0.5],
  ["passed", 1],
  ["partial", 0.6],
  ["failed", 0.15],
  ["error", 0],
  ["dead-end", 0],
];

/** Those of a tree whose steps may be of any kind. */
const FOREIGN_MARKS: typeof MARKS = [["step", 0.5], ...MARKS, ["judged", 0.5]];

const COLOURINGS: readonly (readonly [Colouring, string, string])[] = [
  ["value", "Q", "Colours tell Q, what simulations brought back"],
  ["score", "PRM", "Colours tell what the step scorer thinks"],
];

/** What the colours tell; where steps were scored, one may choose. */
function ColouringName() {
  const run = useRunView();
  const hasChoice = useRun(isScored);
  const shown = useRun(shownColouring);
  if (!hasChoice) return "value Q";
  return (
    <fieldset className={classes.colouring} aria-label="Colour by">
      {COLOURINGS.map(([colouring, name, meaning]) => (
        <button
          key={colouring}
          type="button"
          title={meaning}
          aria-pressed={colouring === shown}
          onClick={() => run.getState().setColouring(colouring)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

/** What colour, shape and width mean. */
function Legend() {
  const hasAnyStep = useRun(isForeign);
  return (
    <ul className={classes.legend} aria-label="Legend">
      <li>
        <ColouringName /> <span className="numbers">0</span>
        <span className={classes.scale} style={{ backgroundImage: valueGradient() }} />
        <span className="numbers">1</span>
      </li>
      {(hasAnyStep ? FOREIGN_MARKS : MARKS).map(([mark, value]) => (
        <li key={mark}>
          <MarkIcon mark={mark} fill={valueFill(value)} size={13} />
          {MARK_WORDS[mark]}
        </li>
      ))}
      <li>
        <svg width="26" height="10" viewBox="0 0 26 10" aria-hidden="true" focusable="false">
          <path className={classes.wedge} d="M1 4.6L25 1.5V8.5L1 5.4z" />
        </svg>
        visits
      </li>
      <li>
        <span className={classes.count} aria-hidden="true">
          ×3
        </span>
        drawn 3 times
      </li>
      <li>
        <svg width="22" height="10" viewBox="0 0 22 10" aria-hidden="true" focusable="false">
          <path className={classes.casing} d="M3 5h16" />
          <path className={classes.core} d="M3 5h16" />
        </svg>
        answer
      </li>
    </ul>
  );
}
