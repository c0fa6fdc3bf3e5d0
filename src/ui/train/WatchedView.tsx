import { useMemo, useState } from "react";
import { MARKERS, renderExample } from "../../core/protocol/tiny";
import type { KeptTraining, TrainingWatch, WatchedSample } from "../../ports/training-archive";
import type { Puzzle } from "../../puzzles/generator";
import { watchedPuzzle } from "../../store/train/watching";
import { formatCount } from "../shared/format";
import { Icon } from "../shared/Icon";
import { TIER_WORDS } from "../shared/words";
import classes from "./WatchedView.module.css";

interface WatchedViewProps {
  readonly training: KeptTraining;
  readonly watch: TrainingWatch;
}

/** A problem that the training never learns from, and what the model answers at every evaluation. */
export function WatchedView({ training: { samples = [] }, watch }: WatchedViewProps) {
  const { tier, index } = watch.puzzle;
  const puzzle = useMemo(() => watchedPuzzle({ tier, index }), [tier, index]);
  const [picked, setPicked] = useState<number | null>(null);
  const shown = samples.find(({ step }) => step === picked) ?? samples.at(-1);
  const first = samples.find(({ isRight }) => isRight)?.step;
  return (
    <section className={classes.watched} aria-label="Held-out problem">
      <h4 className={classes.title}>
        Held-out problem{" "}
        <span className="quiet">
          {TIER_WORDS[tier].toLowerCase()} {index + 1}
        </span>
      </h4>
      <Question puzzle={puzzle} isExecution={watch.prompt.startsWith(MARKERS.execute)} />
      {samples.length > 0 && (
        <ul className={classes.steps} aria-label="Answers">
          <li className={classes.lead} aria-hidden="true">
            after step
          </li>
          {samples.map((sample) => (
            <li key={sample.step}>
              <button
                type="button"
                className={`${classes.step} numbers`}
                aria-pressed={sample.step === shown?.step}
                data-right={sample.isRight === true}
                data-first={sample.step === first}
                onClick={() => setPicked(sample.step)}
              >
                <Icon name={sample.isRight ? "check" : "close"} />
                {formatCount(sample.step)}
                {sample.step === first && (
                  <span>{sample.step === 0 ? "solved from the start" : "solved for the first time"}</span>
                )}
                <span className="only-spoken">{sample.isRight ? "right" : "wrong"}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {shown !== undefined && <Answer sample={shown} />}
    </section>
  );
}

interface QuestionProps {
  readonly puzzle: Puzzle;
  /** The operations are named, and are to be executed on the first example's input. */
  readonly isExecution: boolean;
}

/** What is asked. */
function Question({ puzzle: { problem, chain }, isExecution }: QuestionProps) {
  const examples = problem.visibleTests.slice(0, isExecution ? 1 : undefined).map(renderExample);
  return (
    <div className={classes.problem}>
      <p>
        {isExecution ? chain.map(({ operation, arg }) => operation.pseudocode(arg)).join(", then ") : problem.statement}
      </p>
      {examples.map((example) => (
        <code key={example}>{example}</code>
      ))}
    </div>
  );
}

/** Nats at which a colour is at its strongest. */
const STRONGEST = 3;

/** Percent of a colour at its strongest: text has to stay readable on it. */
const MOST_COLOR = 42;

/** An answer, its text coloured by how much likelier it has become. */
function Answer({ sample: { step, pieces, logProbs, before } }: { readonly sample: WatchedSample }) {
  const tokens = pieces.map((piece, i) => {
    const change = before === null ? 0 : (logProbs[i] ?? 0) - (before[i] ?? 0);
    return { key: `${step} ${i}`, piece, change };
  });
  return (
    <figure>
      <pre className={classes.answer}>
        {tokens.map(({ key, piece, change }) => (
          <Piece key={key} piece={piece} change={change} />
        ))}
      </pre>
      {before !== null && (
        <figcaption className={classes.scale}>
          <i style={{ background: tint(-STRONGEST) }} /> less likely
          <i style={{ background: tint(STRONGEST) }} /> likelier than with the weights it began with
        </figcaption>
      )}
    </figure>
  );
}

function tint(change: number): string {
  const strength = Math.min(1, Math.abs(change) / STRONGEST);
  if (strength < 0.03) return "transparent";
  return `color-mix(in srgb, var(--${change > 0 ? "good" : "bad"}) ${Math.round(MOST_COLOR * strength)}%, transparent)`;
}

/** A token. Markers of the format are quiet, and the end of a step ends its line. */
function Piece({ piece, change }: { readonly piece: string; readonly change: number }) {
  const isMarker = /^<\w+>$/.test(piece);
  const title = Math.abs(change) < 0.005 ? undefined : `${change > 0 ? "+" : "−"}${Math.abs(change).toFixed(2)} nats`;
  return (
    <>
      <span style={{ background: tint(change) }} className={isMarker ? classes.marker : ""} title={title}>
        {piece}
      </span>
      {piece === "<end>" && "\n"}
    </>
  );
}
