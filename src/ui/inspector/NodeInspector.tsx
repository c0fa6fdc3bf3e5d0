import type { TreeNode } from "../../core/run/tree";
import { MARK_WORDS, markOf } from "../../viz/mark";
import { nodeFill } from "../../viz/value-scale";
import { Code } from "../code/Code";
import { useRun } from "../lab-context";
import { MarkIcon } from "../shared/MarkIcon";
import { DEAD_END_WORDS } from "../shared/verdict-words";
import { LongText } from "../testcase/LongText";
import { KnownTests } from "./KnownTests";
import { NodeFigures } from "./NodeFigures";
import classes from "./NodeInspector.module.css";
import { PathCrumbs } from "./PathCrumbs";
import { PromptDetails } from "./PromptDetails";
import { RewardSplit } from "./RewardSplit";
import { TestList } from "./TestList";

const [STATEMENT_CHARACTERS, STATEMENT_LINES] = [1200, 24];

/** Everything there is to know about a node. */
export function NodeInspector({ node }: { readonly node: TreeNode }) {
  const mark = markOf(node);
  const isAnswer = useRun((run) => run.state.ended?.answer?.nodeId === node.id);
  return (
    <div className={classes.inspector}>
      <PathCrumbs node={node} />
      <h2 className={classes.title}>
        <MarkIcon mark={mark} fill={node.step === null ? "var(--ink)" : nodeFill(node)} size={16} />
        {titleOf(node)}
        <span className={classes.sub}>
          {isAnswer ? "the answer" : mark === "root" || mark === node.step?.kind ? "" : MARK_WORDS[mark]}
        </span>
      </h2>
      <StepText node={node} />
      <NodeFigures node={node} />
      {node.reward !== undefined && <RewardSplit reward={node.reward} verdicts={node.verdicts ?? []} />}
      {node.step === null ? <KnownTests /> : <TestList node={node} />}
      <PromptDetails node={node} />
    </div>
  );
}

function titleOf(node: TreeNode): string {
  if (node.step === null) return "Problem";
  return { define: "Define", refine: "Refine", code: "Code" }[node.step.kind];
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
