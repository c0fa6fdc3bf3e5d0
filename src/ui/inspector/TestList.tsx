import type { ReactNode } from "react";
import type { TestKind } from "../../core/problem";
import { renderValue } from "../../core/prompt";
import type { TreeNode } from "../../core/tree";
import type { TestVerdict } from "../../core/verdict";
import { useLab } from "../lab-context";
import { countPassed, OUTCOME_WORDS } from "../shared/verdict-words";
import classes from "./TestList.module.css";
import { testInput } from "./test-input";

const GENERATED_NOTE = "Written by the model, may be wrong; they only break ties.";

/** The tests of a program with their verdicts, by where they come from. Hidden ones only for the answer, after the end. */
export function TestList({ node }: { readonly node: TreeNode }) {
  const hidden = useLab((state) => (state.state.ended?.answer?.nodeId === node.id ? state.state.hidden : null));
  const verdicts = node.verdicts;
  if (verdicts === undefined) return null;
  const of = (kind: TestKind) => verdicts.filter((verdict) => verdict.kind === kind);
  return (
    <>
      <TestGroup title="Visible tests" verdicts={of("visible")} />
      <TestGroup title="Generated tests" verdicts={of("generated")} word="agree" note={GENERATED_NOTE} />
      <TestGroup title="Hidden tests" verdicts={hidden?.verdicts ?? []} empty={<HiddenNote />} />
    </>
  );
}

function HiddenNote() {
  const isOver = useLab((state) => state.state.hidden !== null);
  return (
    <p className={classes.note}>
      {isOver
        ? "Only the run's answer is judged by them."
        : "Kept from the search. They are counted after the end, for the answer only."}
    </p>
  );
}

interface TestGroupProps {
  readonly title: string;
  readonly verdicts: readonly TestVerdict[];
  /** What those that passed do. */
  readonly word?: string;
  /** What to know of them. */
  readonly note?: string;
  readonly empty?: ReactNode;
}

function TestGroup({ title, verdicts, word = "", note, empty }: TestGroupProps) {
  if (verdicts.length === 0 && empty === undefined) return null;
  return (
    <section aria-label={title}>
      <h3 className={classes.title}>
        {title}
        {verdicts.length > 0 && (
          <span className="numbers">
            {countPassed(verdicts)} of {verdicts.length} {word}
          </span>
        )}
      </h3>
      {note !== undefined && <p className={classes.note}>{note}</p>}
      {verdicts.length === 0 && empty}
      <ul className={classes.tests}>
        {verdicts.map((verdict) => (
          <TestRow key={verdict.index} verdict={verdict} />
        ))}
      </ul>
    </section>
  );
}

function TestRow({ verdict }: { readonly verdict: TestVerdict }) {
  const input = useLab((state) => testInput(state.state, verdict));
  const passed = verdict.verdict === "passed";
  return (
    <li className={classes.test} data-passed={passed} data-kind={verdict.kind}>
      <span className={classes.sign} aria-hidden="true">
        {passed ? "✓" : verdict.kind === "generated" ? "≠" : "✕"}
      </span>
      <span className="only-spoken">{OUTCOME_WORDS[verdict.verdict]}:</span>
      <div>
        <code>
          {input}
          {verdict.expected !== undefined && ` → ${renderValue(verdict.expected)}`}
        </code>
        {!passed && (
          <p className={classes.fault}>
            {verdict.verdict === "failed" && verdict.got !== undefined ? (
              <>
                got <code>{renderValue(verdict.got)}</code>
              </>
            ) : (
              (verdict.message ?? OUTCOME_WORDS[verdict.verdict])
            )}
            {verdict.line !== undefined && ` (line ${verdict.line})`}
          </p>
        )}
      </div>
    </li>
  );
}
