import { ActionIcon } from "@mantine/core";
import { useId } from "react";
import { Icon } from "../shared/Icon";
import classes from "./Help.module.css";

const WORDS = [
  ["step", "One piece of reasoning: define the structure, refine a part of it, or code."],
  [
    "simulation",
    "Select a path, expand it, evaluate the program it leads to, back the value up. The paper says rollout.",
  ],
  ["visits N", "Simulations that went through a node."],
  ["value Q", "Mean of what they brought back, W / N, between 0 and 1."],
  ["drawn ×N", "How often the policy wrote this very step from its parent; it is drawn once in the tree."],
  ["prior P", "How likely the policy finds a step among its siblings."],
  ["reward", "a · compile + (1 − a) · share of tests passed."],
  ["policy", "The language model that proposes steps."],
  ["visible tests", "The examples in the statement."],
  ["generated tests", "Written by the model itself; they may be wrong."],
  ["hidden tests", "Kept from the search; they decide the result."],
  ["reused", "Share of the prompt tokens that the model had read before and did not have to prefill again."],
  ["unguarded", "A test that ran inside the program's own interpreter, where a hostile program could forge it."],
  ["dead end", "A completion that could not become a step."],
  ["SFT", "Supervised fine-tuning: the model imitates given texts."],
  ["DPO", "Direct preference optimisation: of two answers, the better one becomes likelier."],
  ["PRM", "Process reward model: a copy of the model that learns how good each step is."],
  ["checkpoint", "A model that was trained, with a record of how."],
] as const;

const KEYS = [
  ["← →", "parent, most visited child"],
  ["↑ ↓", "the nodes above and below"],
  ["Home", "root"],
  ["F", "fit"],
  ["+ −", "zoom"],
] as const;

/** What the words mean, and the keys of the tree. */
export function HelpButton() {
  const panelId = useId();
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={30}
        aria-label="Words and keys"
        title="Words and keys"
        popoverTarget={panelId}
      >
        <Icon name="help" />
      </ActionIcon>
      <div id={panelId} popover="auto" className={classes.panel} role="dialog" aria-label="Words and keys">
        <p className={classes.lead}>
          A language model thinks in pseudocode, one step at a time. Monte Carlo tree search decides which thought to
          follow; finished programs run against tests, and what comes out flows back up the tree.
        </p>
        <Entries entries={WORDS} />
        <h2 className={classes.title}>Keys in the tree</h2>
        <Entries entries={KEYS} />
        <p className={classes.source}>
          After O1-CODER,{" "}
          <a href="https://arxiv.org/abs/2412.00154" target="_blank" rel="noreferrer">
            arXiv 2412.00154
          </a>
        </p>
      </div>
    </>
  );
}

function Entries({ entries }: { readonly entries: readonly (readonly [string, string])[] }) {
  return (
    <dl className={classes.entries}>
      {entries.map(([word, meaning]) => (
        <div key={word}>
          <dt>{word}</dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
