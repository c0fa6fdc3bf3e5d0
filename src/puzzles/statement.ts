import type { Tier } from "../core/problem";
import type { Random } from "../core/rng";
import { type Chain, returnsNumber } from "./chain";

/** What a statement leaves out: a whole operation, or only its argument. */
export interface Hint {
  /** Index into the chain. */
  readonly index: number;
  readonly hides: "operation" | "argument";
}

const SECRET = ["do something secret", "apply a hidden operation", "change the list in a way the examples show"];

/**
 * What the statement of a tier leaves out: in a hinted one, with even odds the argument of an operation that has one, or
 * any list operation; in one with two hidden, two list operations or their arguments; in the others nothing.
 */
export function pickHints(tier: Tier, chain: Chain, random: Random): readonly Hint[] {
  const listOperations = chain.filter(({ operation }) => operation.kind !== "reduce").map((_, index) => index);
  if (tier === "two-hidden") return pickTwo(listOperations, chain, random);
  if (tier !== "hinted") return [];
  const withArgument = listOperations.filter((index) => chain[index]?.operation.vague !== undefined);
  if (withArgument.length > 0 && random.chance(0.5)) return [{ index: random.pick(withArgument), hides: "argument" }];
  return [{ index: random.pick(listOperations), hides: "operation" }];
}

function pickTwo(listOperations: readonly number[], chain: Chain, random: Random): readonly Hint[] {
  const chosen = random.shuffle(listOperations).slice(0, 2);
  return chosen
    .sort((a, b) => a - b)
    .map((index) => {
      const argument = chain[index]?.operation.vague !== undefined && random.chance(0.5);
      return { index, hides: argument ? "argument" : "operation" };
    });
}

/** The English statement of a puzzle: one of several phrasings per operation, joined in one of three ways. */
export function renderStatement(chain: Chain, tier: Tier, hints: readonly Hint[], random: Random): string {
  if (tier === "examples") return "Find the rule from the examples.";
  const phrases = chain.map((_, index) => phrase(chain, index, hints, random));
  if (!returnsNumber(chain) && random.chance(0.5)) phrases.push("return the list");
  const style = random.int(0, 2);
  if (style === 0) return `${capitalise(phrases.join(", then "))}.`;
  if (style === 1) return `${phrases.map(capitalise).join(". ")}.`;
  const last = phrases.at(-1) ?? "";
  return `Take a list, ${phrases.slice(0, -1).join(", ")} and finally ${last}.`;
}

function phrase(chain: Chain, index: number, hints: readonly Hint[], random: Random): string {
  const application = chain[index];
  if (!application) throw new RangeError(`no operation at ${index}`);
  const { operation, arg } = application;
  const hint = hints.find((each) => each.index === index);
  if (hint) return random.pick(hint.hides === "operation" ? SECRET : (operation.vague ?? SECRET));
  return random.pick(operation.phrases(arg));
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
