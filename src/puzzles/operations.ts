import type { Random } from "../core/rng";
import type { Application, Chain, Operation, OperationKind } from "./chain";
import { FILTERS, MAPS } from "./operations/elementwise";
import { ORDERS, REDUCERS, SCANS, SETS, SLICES } from "./operations/listwise";

/** Every operation of the world by kind. */
export const OPERATIONS: Readonly<Record<OperationKind, readonly Operation[]>> = {
  filter: FILTERS,
  map: MAPS,
  order: ORDERS,
  slice: SLICES,
  scan: SCANS,
  set: SETS,
  reduce: REDUCERS,
};

function applications(operations: readonly Operation[]): readonly Application[] {
  return operations.flatMap((operation) =>
    operation.args.length > 0 ? operation.args.map((arg) => ({ operation, arg })) : [{ operation, arg: 0 }],
  );
}

/** Every list operation with every argument. */
export const LIST_APPLICATIONS: readonly Application[] = applications(
  Object.values(OPERATIONS)
    .flat()
    .filter((operation) => operation.kind !== "reduce"),
);

/** Every reducer. */
export const REDUCER_APPLICATIONS: readonly Application[] = applications(REDUCERS);

/**
 * The chain a key names (see `chainKey`).
 * @throws RangeError when the key names an operation or argument that is not of this world.
 */
export function parseChainKey(key: string): readonly Application[] {
  const all = [...LIST_APPLICATIONS, ...REDUCER_APPLICATIONS];
  return key.split("|").map((part) => {
    const [id, arg] = part.split(":");
    const found = all.find((a) => a.operation.id === id && (arg === undefined || a.arg === Number(arg)));
    if (!found) throw new RangeError(`no operation "${part}"`);
    return found;
  });
}

const BY_WORDING: ReadonlyMap<string, Application> = new Map(
  [...LIST_APPLICATIONS, ...REDUCER_APPLICATIONS].map((each) => [each.operation.pseudocode(each.arg), each]),
);

/** The application that pseudocode words so; undefined when there is none. */
export function applicationOf(wording: string): Application | undefined {
  return BY_WORDING.get(wording);
}

/** An application like the given one but wrong: another argument, or another operation (of the same kind twice as often). */
export function corruptApplication(application: Application, random: Random): Application {
  const pool = application.operation.kind === "reduce" ? REDUCER_APPLICATIONS : LIST_APPLICATIONS;
  const others = pool.filter((a) => a.operation !== application.operation);
  const sameOperation = pool.filter((a) => a.operation === application.operation && a.arg !== application.arg);
  const sameKind = others.filter((a) => a.operation.kind === application.operation.kind);
  const choices = [sameOperation, sameKind, others].filter((choice) => choice.length > 0);
  return random.pick(random.pick(choices));
}

/**
 * Programs that are almost right: every other argument, every operation left out, every neighbouring pair swapped, and every
 * operation replaced by each of its kind. Hidden tests must tell them from the solution.
 */
export function nearMisses(chain: Chain): readonly Chain[] {
  const pool = [...LIST_APPLICATIONS, ...REDUCER_APPLICATIONS];
  return chain.flatMap((application, index) => {
    const replaced = pool
      .filter((a) => a.operation.kind === application.operation.kind)
      .filter((a) => a.operation !== application.operation || a.arg !== application.arg)
      .map((a) => replaceAt(chain, index, a));
    if (application.operation.kind === "reduce") return replaced;
    const without = chain.filter((_, i) => i !== index);
    const next = chain[index + 1];
    const swapped =
      next && next.operation.kind !== "reduce"
        ? [replaceAt(replaceAt(chain, index, next), index + 1, application)]
        : [];
    return [...replaced, without, ...swapped];
  });
}

function replaceAt(chain: Chain, index: number, application: Application): Chain {
  return chain.map((a, i) => (i === index ? application : a));
}
