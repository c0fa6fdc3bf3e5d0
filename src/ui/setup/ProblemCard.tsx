import { type CallTest, isCallTest, type Language, type Problem, type TestCase } from "../../core/problem";
import { Code } from "../code/Code";
import { TestBody } from "../code/TestBody";
import { useLab } from "../contexts";
import { TextButton } from "../shared/buttons";
import { valueText } from "../shared/format";
import { LongText } from "../shared/LongText";
import { TIER_WORDS } from "../shared/words";
import classes from "./ProblemCard.module.css";

const [STATEMENT_CHARACTERS, STATEMENT_LINES] = [400, 9];
const SOURCE_CHARACTERS = 150;
/** Tests that are shown, few of those that take much room; a problem may have dozens, and the inspector lists them all. */
const [MOST_TESTS, MOST_LARGE_TESTS] = [4, 2];

/** The statement and the examples, as the model gets them. */
export function ProblemCard() {
  const problem = useLab((state) => state.problem);
  const isOwn = useLab((state) => state.spec.problem.source === "custom");
  const setDrafting = useLab((state) => state.setDrafting);
  const awaited = useLab((state) => state.awaited);
  if (awaited !== null) {
    const words = `${awaited.id} opens here when the problems of ${awaited.collection} are added.`;
    return <p className={`${classes.card} quiet`}>{words}</p>;
  }
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
      <Source attribution={attribution} />
    </div>
  );
}

/** Where an imported problem comes from, and which of its tests the model sees. */
function Source({ attribution = "" }: { readonly attribution?: string | undefined }) {
  const rule = useLab(({ collections, spec: { problem } }) =>
    problem.source === "imported" ? collections?.find(({ id }) => id === problem.collection)?.visibility : undefined,
  );
  const words = [rule, attribution].filter((part) => part).join(" ");
  if (words === "") return null;
  return (
    <p className={classes.attribution}>
      <LongText key={words} text={words} characters={SOURCE_CHARACTERS} />
    </p>
  );
}

function Tests({ tests, language }: { readonly tests: readonly TestCase[]; readonly language: Problem["language"] }) {
  if (tests.length === 0) return <p className={classes.attribution}>No visible tests.</p>;
  const most = tests.every(isCallTest) ? MOST_TESTS : MOST_LARGE_TESTS;
  const shown = tests.slice(0, most);
  const calls = shown.filter(isCallTest);
  return (
    <div>
      {calls.length === shown.length ? (
        <Examples tests={calls} language={language} />
      ) : (
        <ul className={classes.tests} aria-label="Visible tests">
          {shown.map((test) => (
            <li key={JSON.stringify(test)}>
              <TestBody test={test} language={language} lines={6} />
            </li>
          ))}
        </ul>
      )}
      {tests.length > most && <p className={classes.attribution}>and {tests.length - most} more</p>}
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

/** Characters of the code font that stand beside each other in the pane, the arrow's room taken off. */
const ROOM = 32;
const MOST_CHARACTERS = 160;

interface ExamplesProps {
  readonly tests: readonly CallTest[];
  readonly language: Language;
}

/** Calls and their values. Values that do not fit beside their arguments stand below them, in all rows alike. */
function Examples({ tests, language }: ExamplesProps) {
  const rows = tests.map(
    ({ input, expected }) =>
      [input.map((value) => valueText(value, language)).join(", "), valueText(expected, language)] as const,
  );
  const longest = (side: 0 | 1) => Math.max(...rows.map((row) => row[side].length));
  const isStacked = longest(0) + longest(1) > ROOM;
  return (
    <table className={classes.examples} data-stacked={isStacked}>
      <caption className="only-spoken">Examples</caption>
      {rows.map(([input, expected]) => (
        <tbody key={`${input} ${expected}`}>
          {isStacked ? (
            <>
              <tr>
                <Value text={input} span={2} />
              </tr>
              <tr>
                <Arrow />
                <Value text={expected} />
              </tr>
            </>
          ) : (
            <tr>
              <Value text={input} />
              <Arrow />
              <Value text={expected} />
            </tr>
          )}
        </tbody>
      ))}
    </table>
  );
}

function Arrow() {
  return <td className={classes.arrow}>→</td>;
}

function Value({ text, span = 1 }: { readonly text: string; readonly span?: number }) {
  return (
    <td colSpan={span}>
      <code>
        <LongText text={text} characters={MOST_CHARACTERS} />
      </code>
    </td>
  );
}
