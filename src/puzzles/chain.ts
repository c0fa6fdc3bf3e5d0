/** The function every solution of the puzzle world defines. */
export const ENTRY_POINT = "solve";

/** What kind of thing an operation does to a list; `reduce` turns it into a number and can only come last. */
export type OperationKind = "filter" | "map" | "order" | "slice" | "scan" | "set" | "reduce";

/** One operation of the puzzle world, with all its faces: what it does, how English and pseudocode name it, its JavaScript. */
export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  /** The arguments it can have; empty when it takes none. */
  readonly args: readonly number[];
  /** What it does to a list of integers; a `reduce` returns a list of one. Pure; `arg` is 0 when it takes none. */
  apply(list: readonly number[], arg: number): number[];
  /** Imperative English phrasings, lower case, for statements. */
  phrases(arg: number): readonly string[];
  /** The same with the argument left out, for hinted statements; absent when it takes none. */
  readonly vague?: readonly string[];
  /** The one canonical wording of pseudocode. */
  pseudocode(arg: number): string;
  /** JavaScript statements that replace `xs`; for a `reduce`, the expression to return. */
  code(arg: number): readonly string[];
}

/** An operation with its argument settled. */
export interface Application {
  readonly operation: Operation;
  /** 0 when the operation takes none. */
  readonly arg: number;
}

/** What a puzzle computes: 2 to 4 list operations, then perhaps a reducer. */
export type Chain = readonly Application[];

/** The text that identifies a chain, for instance `even|add:3|sum`; the splits are made by its hash. */
export function chainKey(chain: Chain): string {
  return chain
    .map(({ operation, arg }) => (operation.args.length > 0 ? `${operation.id}:${arg}` : operation.id))
    .join("|");
}

/** Whether the chain returns a number instead of a list. */
export function returnsNumber(chain: Chain): boolean {
  return chain.at(-1)?.operation.kind === "reduce";
}

/** Every list along the chain: the input first, then the list after each operation (length = chain length + 1). */
export function trace(chain: Chain, input: readonly number[]): readonly (readonly number[])[] {
  const lists: (readonly number[])[] = [input];
  for (const { operation, arg } of chain) lists.push(operation.apply(lists.at(-1) ?? input, arg));
  return lists;
}

/** What the chain returns for `input`: a list, or a number when it ends in a reducer. */
export function evaluate(chain: Chain, input: readonly number[]): number | readonly number[] {
  const last = trace(chain, input).at(-1) ?? input;
  return returnsNumber(chain) ? (last[0] ?? 0) : last;
}

/** Whether two chains return the same for `input`. */
export function agree(a: Chain, b: Chain, input: readonly number[]): boolean {
  return JSON.stringify(evaluate(a, input)) === JSON.stringify(evaluate(b, input));
}
