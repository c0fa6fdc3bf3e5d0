import { MARK_WORDS, type Mark } from "../../viz/mark";
import { valueFill, valueGradient } from "../../viz/value-scale";
import { MarkIcon } from "../shared/MarkIcon";
import classes from "./Legend.module.css";

const MARKS: readonly (readonly [Mark, number])[] = [
  ["define", 0.5],
  ["refine", 0.5],
  ["passed", 1],
  ["partial", 0.6],
  ["failed", 0.15],
  ["error", 0],
  ["dead-end", 0],
];

/** What colour, shape and width mean. */
export function Legend() {
  return (
    <ul className={classes.legend} aria-label="Legend">
      <li>
        value Q <span className="numbers">0</span>
        <span className={classes.scale} style={{ backgroundImage: valueGradient() }} />
        <span className="numbers">1</span>
      </li>
      {MARKS.map(([mark, value]) => (
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
