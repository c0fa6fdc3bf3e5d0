import { isAssertionTest, isCallTest, type Language, type TestCase } from "../../core/problem";
import { Code } from "../code/Code";
import { valueText } from "../shared/format";
import { LongText } from "../shared/LongText";
import classes from "./TestBody.module.css";

const VALUE_CHARACTERS = 240;
const BLOCK_CHARACTERS = 600;
const BLOCK_LINES = 8;

interface TestBodyProps {
  readonly test: TestCase;
  readonly language: Language;
  /** Lines of a text that are shown at first. */
  readonly lines?: number;
}

/** What a test asks, in the form of its kind: a call with its value, an assertion, or what is read and printed. */
export function TestBody({ test, language, lines = BLOCK_LINES }: TestBodyProps) {
  if (isCallTest(test)) {
    return (
      <code className={classes.inline}>
        <span>
          <LongText
            text={test.input.map((value) => valueText(value, language)).join(", ")}
            characters={VALUE_CHARACTERS}
          />
        </span>{" "}
        <span>
          <span className={classes.arrow}>→ </span>
          <LongText text={valueText(test.expected, language)} characters={VALUE_CHARACTERS} />
        </span>
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
      <TextBlock name="stdin" text={test.stdin} lines={lines} />
      <TextBlock name="stdout" text={test.stdout} lines={lines} />
    </dl>
  );
}

interface TextBlockProps {
  readonly name: string;
  readonly text: string;
  readonly lines?: number;
}

/** What a program reads or prints, under its name. */
export function TextBlock({ name, text, lines = BLOCK_LINES }: TextBlockProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <pre className={classes.block}>
          <LongText text={text.replace(/\n$/, "")} characters={BLOCK_CHARACTERS} lines={lines} />
        </pre>
      </dd>
    </div>
  );
}
