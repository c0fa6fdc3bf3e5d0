import { lazy, Suspense, useState } from "react";
import type { Reward } from "../../core/run/events";
import { pathTo, qValue, type TreeNode } from "../../core/run/tree";
import { priorOf } from "../../core/search/formulas";
import type { TestVerdict } from "../../core/verdict";
import { isScored, shownColouring } from "../../store/run/run-view";
import { MARK_WORDS, type Mark, markOf, nodeFill } from "../../viz/marks";
import { Code } from "../code/Code";
import { useRun } from "../contexts";
import { ErrorBoundary } from "../frame/ErrorBoundary";
import { formatValue } from "../shared/format";
import { MarkIcon } from "../shared/Icon";
import { LongText } from "../shared/LongText";
import { DEAD_END_WORDS } from "../shared/words";
import { Finalists } from "./Finalists";
import classes from "./InspectorPane.module.css";
import { KnownTests, TestList } from "./TestList";
import { WhyThisStep } from "./WhyThisStep";

/** The selected node of the shown snapshot; while it is not there yet, the newest one of the path that is looked at. */
export function InspectorPane() {
  const node = useRun(({ selected, state }) => {
    const chosen = selected === null ? undefined : state.nodes.get(selected);
    return chosen ?? state.nodes.get(state.lastPath.at(-1) ?? 0);
  });
  return (
    <ErrorBoundary what="inspector">
      {node !== undefined ? <NodeInspector node={node} /> : <p className={classes.empty}>Steps are shown here.</p>}
    </ErrorBoundary>
  );
}

const [STATEMENT_CHARACTERS, STATEMENT_LINES] = [1200, 24];

/** Everything there is to know about a node. */
function NodeInspector({ node }: { readonly node: TreeNode }) {
  const mark = markOf(node);
  const isAnswer = useRun((run) => run.state.ended?.answer?.nodeId === node.id);
  const colouring = useRun(shownColouring);
  return (
    <div className={classes.inspector}>
      <PathCrumbs node={node} />
      <h2 className={classes.title}>
        <MarkIcon mark={mark} fill={node.step === null ? "var(--ink)" : nodeFill(node, colouring)} size={16} />
        {titleOf(node)}
        <span className={classes.sub}>
          {isAnswer ? "the answer" : mark === "root" || isUnderWay(mark) ? "" : MARK_WORDS[mark]}
        </span>
      </h2>
      <StepText node={node} />
      <NodeFigures node={node} />
      <WhyThisStep node={node} />
      <Finalists node={node} />
      {node.reward !== undefined && <RewardSplit reward={node.reward} verdicts={node.verdicts ?? []} />}
      {node.step === null ? <KnownTests /> : <TestList node={node} />}
      <PromptDetails node={node} />
    </div>
  );
}

/** Whether a mark tells no more than the kind of a step, which the title says. */
function isUnderWay(mark: Mark): boolean {
  return mark === "define" || mark === "refine" || mark === "step";
}

/** The kind of a step with a capital letter: `Define`, or what another system calls it. */
function titleOf({ step }: TreeNode): string {
  if (step === null) return "Problem";
  return step.kind.charAt(0).toUpperCase() + step.kind.slice(1);
}

function StepText({ node }: { readonly node: TreeNode }) {
  const statement = useRun((run) => run.state.problem?.statement ?? "");
  const language = useRun((run) => run.state.problem?.language ?? "javascript");
  if (node.step === null) {
    return (
      <p className={classes.text}>
        <LongText text={statement} characters={STATEMENT_CHARACTERS} lines={STATEMENT_LINES} />
      </p>
    );
  }
  return (
    <>
      {node.deadEnd !== undefined && <p className={classes.deadEnd}>{DEAD_END_WORDS[node.deadEnd]}</p>}
      {node.step.kind === "code" ? (
        <Code code={node.step.text} language={language} />
      ) : (
        <p className={classes.text}>{node.step.text || "(no text)"}</p>
      )}
    </>
  );
}

/** The path from the root to the node; each part leads to its step. */
function PathCrumbs({ node }: { readonly node: TreeNode }) {
  const state = useRun((run) => run.state);
  const select = useRun((run) => run.select);
  return (
    <nav aria-label="Path">
      <ol className={classes.crumbs}>
        {pathTo(state, node.id).map((id) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => select(id)}
              {...(id === node.id ? { "aria-current": "step" as const } : {})}
            >
              {state.nodes.get(id)?.step?.kind ?? "problem"}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Symbol, value, and what it means. */
type Figure = readonly [string, string, string];

/** The node's statistics, and how the step was drawn. */
function NodeFigures({ node }: { readonly node: TreeNode }) {
  const isKnown = useRun((run) => run.state.config !== null);
  const hasScores = useRun(isScored);
  const prior = useRun(({ state }) => (node.id < state.nodes.length ? priorOf(state, node) : null));
  const statistics: readonly Figure[] = [
    ["N", String(node.visitCount), "Visits: simulations that went through this node"],
    ["W", formatValue(node.valueSum), "Sum of the values they brought back"],
    ["Q", formatValue(qValue(node)), isKnown ? "Value: W / N, from 0 to 1" : "Value: W / N"],
    ...(hasScores ? [["PRM", formatValue(node.score), "The step scorer's estimate, from 0 to 1"] as const] : []),
  ];
  const draw: readonly Figure[] = [
    ["P", formatValue(prior ?? undefined), "Prior: how likely the policy finds this step among its siblings"],
    ["log p", node.logProb?.toFixed(2) ?? formatValue(undefined), "Log-probability of the step's tokens"],
    ["drawn", `${node.count}×`, "How often this very step was drawn here"],
    ["tokens", String(node.tokens), "Sampled tokens of the step"],
  ];
  const figures = node.step === null ? statistics : [...statistics, ...draw];
  return (
    <dl className={`${classes.figures} numbers`}>
      {figures.map(([name, value, meaning]) => (
        <div key={name} title={meaning}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface RewardSplitProps {
  readonly reward: Reward;
  /** What the reward was counted from. */
  readonly verdicts: readonly TestVerdict[];
}

/** How the program's reward comes about, as far as it is known. */
function RewardSplit({ reward, verdicts }: RewardSplitProps) {
  const weight = useRun((run) => run.state.config?.compileWeight);
  const { compile, pass } = reward;
  const isSplit = weight !== undefined && compile !== undefined && pass !== undefined;
  const parts = isSplit ? { weight, compile, pass } : null;
  const lacksFunction = reward.compile === 0 && verdicts.some(({ verdict }) => verdict === "missing-entry-point");
  const tests = useRun(({ state }) => {
    if (state.mode === "synthesis") return "training tests";
    return state.problem?.visibleTests.length === 0 ? "generated tests" : "visible tests";
  });
  return (
    <section aria-label="Reward">
      <p className={`${classes.line} numbers`}>
        <span>Reward</span>
        <strong>{formatValue(reward.reward)}</strong>
        {parts !== null && (
          <span className="quiet">
            = {formatValue(parts.weight)} · compile {formatValue(parts.compile)} + {formatValue(1 - parts.weight)} ·
            pass {formatValue(parts.pass)} ({tests})
          </span>
        )}
      </p>
      {lacksFunction && (
        <p className={`${classes.line} quiet`}>
          It parses, but without the function that is asked for it counts as not compiled.
        </p>
      )}
      {parts !== null && (
        <div className={classes.bar} aria-hidden="true">
          <div className={classes.compile} style={{ width: `${100 * parts.weight * parts.compile}%` }} />
          <div className={classes.pass} style={{ width: `${100 * (1 - parts.weight) * parts.pass}%` }} />
        </div>
      )}
    </section>
  );
}

// The words of the chat protocol are needed by nobody before this is unfolded.
const PromptText = lazy(() => import("./PromptText").then((module) => ({ default: module.PromptText })));

/** The prompt that the model was given when it wrote the step. */
function PromptDetails({ node }: { readonly node: TreeNode }) {
  const [isOpen, setOpen] = useState(false);
  const isKnown = useRun((run) => run.state.config !== null);
  if (node.parent === null || !isKnown) return null;
  return (
    <details className={classes.prompt} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Prompt</summary>
      {isOpen && (
        <Suspense>
          <PromptText node={node} />
        </Suspense>
      )}
    </details>
  );
}
