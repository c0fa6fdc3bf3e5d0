import type { EndpointKeys } from "../../ports/endpoint";

/** The part of the browser's local storage that is used. */
export type KeyStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const ENTRY = "o1-coder-lab:endpoint-keys";

function asKeys(value: unknown): ReadonlyMap<string, string> {
  const isObject = typeof value === "object" && value !== null;
  const entries = isObject ? Object.entries(value) : [];
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/**
 * The keys of endpoints. They live in memory; `storage` gets only those the person asked to have remembered, and a
 * browser that withholds storage remembers none.
 * @param openStorage null where there is none.
 */
export function createKeyRing(openStorage: () => KeyStorage | null): EndpointKeys {
  const read = (): ReadonlyMap<string, string> => {
    try {
      return asKeys(JSON.parse(openStorage()?.getItem(ENTRY) ?? "null"));
    } catch {
      return new Map();
    }
  };
  const write = (keys: ReadonlyMap<string, string>): boolean => {
    try {
      const storage = openStorage();
      if (keys.size === 0) storage?.removeItem(ENTRY);
      else storage?.setItem(ENTRY, JSON.stringify(Object.fromEntries(keys)));
      return storage !== null;
    } catch {
      return false;
    }
  };
  const inMemory = new Map<string, string>();
  const place = (baseUrl: string) => baseUrl.replace(/\/+$/, "");
  return {
    keyOf: (baseUrl) => inMemory.get(place(baseUrl)) ?? read().get(place(baseUrl)) ?? null,
    isRemembered: (baseUrl) => read().has(place(baseUrl)),
    keep(baseUrl, key, remember) {
      inMemory.set(place(baseUrl), key);
      const others = new Map(read());
      others.delete(place(baseUrl));
      if (remember) others.set(place(baseUrl), key);
      return write(others) && remember;
    },
    forget(baseUrl) {
      inMemory.delete(place(baseUrl));
      const others = new Map(read());
      if (others.delete(place(baseUrl))) write(others);
    },
  };
}
