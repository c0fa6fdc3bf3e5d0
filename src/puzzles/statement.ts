import type { Tier } from "../core/problem";
import type { Random } from "../core/rng";
import { type Chain, returnsNumber } from "./operation";

/** What a hinted statement leaves out: a whole operation, or only its argument. */
export interface Hint {
  /** Index into the chain. */
  readonly index: number;
  readonly hides: "operation" | "argument";
}

const SECRET = ["do something secret", "apply a hidden operation", "change the list in a way the examples show"];

/** Picks what a hinted statement hides: with even odds the argument of an operation that has one, or any list operation. */
export function pickHint(chain: Chain, random: Random): Hint {
  const listOperations = chain.filter(({ operation }) => operation.kind !== "reduce").map((_, index) => index);
  const withArgument = listOperations.filter((index) => chain[index]?.operation.vague !== undefined);
  if (withArgument.length > 0 && random.chance(0.5)) return { index: random.pick(withArgument), hides: "argument" };
  return { index: random.pick(listOperations), hides: "operation" };
}

function phrase(chain: Chain, index: number, hint: Hint | null, random: Random): string {
  const application = chain[index];
  if (!application) throw new RangeError(`no operation at ${index}`);
  const { operation, arg } = application;
  if (hint?.index === index) return random.pick(hint.hides === "operation" ? SECRET : (operation.vague ?? SECRET));
  return random.pick(operation.phrases(arg));
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The English statement of a puzzle: one of several phrasings per operation, joined in one of three ways. */
export function renderStatement(chain: Chain, tier: Tier, hint: Hint | null, random: Random): string {
  if (tier === "examples") return "Find the rule from the examples.";
  const phrases = chain.map((_, index) => phrase(chain, index, hint, random));
  if (!returnsNumber(chain) && random.chance(0.5)) phrases.push("return the list");
  const style = random.int(0, 2);
  if (style === 0) return `${capitalise(phrases.join(", then "))}.`;
  if (style === 1) return `${phrases.map(capitalise).join(". ")}.`;
  const last = phrases.at(-1) ?? "";
  return `Take a list, ${phrases.slice(0, -1).join(", ")} and finally ${last}.`;
}
