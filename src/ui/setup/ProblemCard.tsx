import { isCallTest, type Problem, type TestCase } from "../../core/problem";
import { Code } from "../code/Code";
import { useLab } from "../lab-context";
import { TextButton } from "../shared/TextButton";
import { TIER_WORDS } from "../shared/tier-words";
import { LongText } from "../testcase/LongText";
import { TestBody } from "../testcase/TestBody";
import { Examples } from "./Examples";
import classes from "./ProblemCard.module.css";

const [STATEMENT_CHARACTERS, STATEMENT_LINES] = [480, 12];
/** Tests that are shown; a problem may have dozens, and the inspector lists them all. */
const MOST_TESTS = 4;

/** The statement and the examples, as the model gets them. */
export function ProblemCard() {
  const problem = useLab((state) => state.problem);
  const isOwn = useLab((state) => state.spec.problem.source === "custom");
  const setDrafting = useLab((state) => state.setDrafting);
  if (problem === null) return <div className={classes.card} aria-busy="true" />;
  const { statement, starterCode, language, attribution } = problem;
  return (
    <div className={classes.card}>
      <p className={classes.statement} data-long={statement.length > STATEMENT_CHARACTERS / 2}>
        <LongText key={problem.id} text={statement} characters={STATEMENT_CHARACTERS} lines={STATEMENT_LINES} />
      </p>
      {starterCode !== undefined && (
        <div className={classes.starter}>
          <Code code={starterCode} language={language} />
        </div>
      )}
      <Tests tests={problem.visibleTests} language={language} />
      <p className={classes.foot}>
        <span>{factsOf(problem)}</span>
        <TextButton onClick={() => setDrafting(true)}>{isOwn ? "Edit" : "Write your own"}</TextButton>
      </p>
      {attribution !== undefined && <p className={classes.attribution}>{attribution}</p>}
    </div>
  );
}

function Tests({ tests, language }: { readonly tests: readonly TestCase[]; readonly language: Problem["language"] }) {
  if (tests.length === 0) return <p className={classes.attribution}>No visible tests.</p>;
  const shown = tests.slice(0, MOST_TESTS);
  const calls = shown.filter(isCallTest);
  return (
    <div>
      {calls.length === shown.length ? (
        <Examples tests={calls} />
      ) : (
        <ul className={classes.tests} aria-label="Visible tests">
          {shown.map((test) => (
            <li key={JSON.stringify(test)}>
              <TestBody test={test} language={language} />
            </li>
          ))}
        </ul>
      )}
      {tests.length > MOST_TESTS && <p className={classes.attribution}>and {tests.length - MOST_TESTS} more</p>}
    </div>
  );
}

function factsOf({ tier, language, entryPoint }: Problem) {
  return (
    <>
      {tier !== undefined && `${TIER_WORDS[tier]} · `}
      {language === "python" && "Python · "}
      {entryPoint === null ? "reads stdin" : <code>{entryPoint}()</code>}
    </>
  );
}
