import { isAssertionTest, isCallTest, type Language, type TestCase } from "../../core/problem";
import { Code } from "../code/Code";
import { LongText } from "./LongText";
import classes from "./TestBody.module.css";
import { valueText } from "./value-text";

const VALUE_CHARACTERS = 240;
const BLOCK_CHARACTERS = 600;
const BLOCK_LINES = 8;

interface TestBodyProps {
  readonly test: TestCase;
  readonly language: Language;
}

/** What a test asks, in the form of its kind: a call with its value, an assertion, or what is read and printed. */
export function TestBody({ test, language }: TestBodyProps) {
  if (isCallTest(test)) {
    return (
      <code className={classes.inline}>
        <LongText text={test.input.map(valueText).join(", ")} characters={VALUE_CHARACTERS} />
        <span className={classes.arrow}> → </span>
        <LongText text={valueText(test.expected)} characters={VALUE_CHARACTERS} />
      </code>
    );
  }
  if (isAssertionTest(test)) {
    return (
      <>
        <Code code={test.assertion} language={language} size="line" />
        {test.setup !== undefined && (
          <details className={classes.setup}>
            <summary>runs before it</summary>
            <Code code={test.setup} language={language} size="line" />
          </details>
        )}
      </>
    );
  }
  return (
    <dl className={classes.io}>
      <TextBlock name="stdin" text={test.stdin} />
      <TextBlock name="stdout" text={test.stdout} />
    </dl>
  );
}

/** What a program reads or prints, under its name. */
export function TextBlock({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <pre className={classes.block}>
          <LongText text={text.replace(/\n$/, "")} characters={BLOCK_CHARACTERS} lines={BLOCK_LINES} />
        </pre>
      </dd>
    </div>
  );
}
