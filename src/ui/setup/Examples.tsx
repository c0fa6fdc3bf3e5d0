import type { CallTest, Language } from "../../core/problem";
import { LongText } from "../testcase/LongText";
import { valueText } from "../testcase/value-text";
import classes from "./Examples.module.css";

/** Characters of the code font that stand beside each other in the pane, the arrow's room taken off. */
const ROOM = 32;
const MOST_CHARACTERS = 160;

interface ExamplesProps {
  readonly tests: readonly CallTest[];
  readonly language: Language;
}

/** Calls and their values. Values that do not fit beside their arguments stand below them, in all rows alike. */
export function Examples({ tests, language }: ExamplesProps) {
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
