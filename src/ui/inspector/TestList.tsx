import type { ReactNode } from "react";
import { isAssertionTest, isProgramTest, type Language, type TestCase, type TestKind } from "../../core/problem";
import type { RunState, TreeNode } from "../../core/run/tree";
import type { TestVerdict } from "../../core/verdict";
import { isForeign } from "../../store/run/run-view";
import { TestBody, TextBlock } from "../code/TestBody";
import { useRun } from "../contexts";
import { valueText } from "../shared/format";
import { LongText } from "../shared/LongText";
import { countPassed, OUTCOME_WORDS } from "../shared/words";
import classes from "./TestList.module.css";

const GENERATED_NOTE = "Written by the model, may be wrong; they only break ties.";

const UNGUARDED_NOTE =
  "Unguarded tests run inside the program's own interpreter, where a hostile program could forge their outcome.";
const GOT_CHARACTERS = 240;

/** The tests of a program with their verdicts, by where they come from. Hidden ones only for the answer, after the end. */
export function TestList({ node }: { readonly node: TreeNode }) {
  const hidden = useRun((run) => (run.state.ended?.answer?.nodeId === node.id ? run.state.hidden : null));
  // How another system treats hidden tests is not known: they are listed only where its file has them.
  const isOurs = !useRun(isForeign);
  const verdicts = node.verdicts;
  if (verdicts === undefined) return null;
  const of = (kind: TestKind) => verdicts.filter((verdict) => verdict.kind === kind);
  return (
    <>
      <TestGroup title="Visible tests" verdicts={of("visible")} />
      <TestGroup title="Generated tests" verdicts={of("generated")} word="agree" note={GENERATED_NOTE} />
      <TestGroup title="Hidden tests" verdicts={hidden?.verdicts ?? []} empty={isOurs && <HiddenNote />} />
    </>
  );
}

function HiddenNote() {
  const isOver = useRun((run) => run.state.hidden !== null);
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
  if (verdicts.length === 0 && !empty) return null;
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
      <ul>
        {verdicts.map((verdict) => (
          <TestRow key={verdict.index} verdict={verdict} />
        ))}
      </ul>
      {verdicts.some(({ unguarded }) => unguarded) && <p className={classes.note}>{UNGUARDED_NOTE}</p>}
    </section>
  );
}

function TestRow({ verdict }: { readonly verdict: TestVerdict }) {
  const test = useRun((run) => testOf(run.state, verdict));
  const language = useRun((run) => run.state.problem?.language ?? "javascript");
  const passed = verdict.verdict === "passed";
  return (
    <li className={classes.test} data-passed={passed} data-kind={verdict.kind}>
      <span className={classes.sign} aria-hidden="true">
        {passed ? "✓" : verdict.kind === "generated" ? "≠" : "✕"}
      </span>
      <span className="only-spoken">{OUTCOME_WORDS[verdict.verdict]}:</span>
      <div className={classes.body}>
        {test !== null && <TestBody test={test} language={language} />}
        {!passed && <Fault verdict={verdict} test={test} language={language} />}
        {verdict.unguarded && (
          <p className={classes.unguarded} title={UNGUARDED_NOTE}>
            unguarded
          </p>
        )}
      </div>
    </li>
  );
}

/** What went wrong; the assertion itself stands above it already. */
function messageOf(message: string | undefined, test: TestCase | null): string | undefined {
  if (message === undefined || test === null || !isAssertionTest(test)) return message;
  if (!message.startsWith(test.assertion)) return message;
  return `It ${message.slice(test.assertion.length).trim()}`;
}

interface FaultProps {
  readonly verdict: TestVerdict;
  readonly test: TestCase | null;
  readonly language: Language;
}

function Fault({ verdict, test, language }: FaultProps) {
  const { got, message, line } = verdict;
  const isWrong = verdict.verdict === "failed" && got !== undefined;
  if (isWrong && got === "" && test !== null && isProgramTest(test)) {
    return <p className={classes.fault}>printed nothing</p>;
  }
  if (isWrong && test !== null && isProgramTest(test) && typeof got === "string") {
    return (
      <dl className={classes.fault}>
        <TextBlock name="printed" text={got} />
      </dl>
    );
  }
  return (
    <p className={classes.fault}>
      {isWrong ? (
        <>
          got{" "}
          <code>
            <LongText text={valueText(got, language)} characters={GOT_CHARACTERS} />
          </code>
        </>
      ) : (
        (messageOf(message, test) ?? OUTCOME_WORDS[verdict.verdict])
      )}
      {line !== undefined && ` (line ${line})`}
    </p>
  );
}

/** The tests that the search may use. */
export function KnownTests() {
  const visible = useRun((run) => run.state.problem?.visibleTests);
  const generated = useRun((run) => run.state.generatedTests);
  return (
    <>
      <Group title="Visible tests" tests={visible ?? []} />
      <Group title="Generated tests" tests={generated} />
    </>
  );
}

function Group({ title, tests }: { readonly title: string; readonly tests: readonly TestCase[] }) {
  const language = useRun((run) => run.state.problem?.language ?? "javascript");
  if (tests.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className={classes.title}>{title}</h3>
      <ul>
        {tests.map((test) => (
          <li key={JSON.stringify(test)} className={classes.known}>
            <TestBody test={test} language={language} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The test that a verdict is about; null for a hidden test of a run that has not been scored. */
function testOf(state: RunState, { kind, index }: Pick<TestVerdict, "kind" | "index">): TestCase | null {
  const { problem, generatedTests, hidden } = state;
  const tests = { visible: problem?.visibleTests, generated: generatedTests, hidden: hidden?.tests }[kind];
  return tests?.[index] ?? null;
}
