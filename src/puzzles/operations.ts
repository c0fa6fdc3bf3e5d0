import type { Application, Operation, OperationKind } from "./operation";
import { FILTERS } from "./operations/filters";
import { MAPS } from "./operations/maps";
import { ORDERS } from "./operations/orders";
import { REDUCERS } from "./operations/reducers";
import { SCANS } from "./operations/scans";
import { SETS } from "./operations/sets";
import { SLICES } from "./operations/slices";

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
