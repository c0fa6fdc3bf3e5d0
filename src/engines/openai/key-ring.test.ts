import { expect, it } from "vitest";
import { createKeyRing, type KeyStorage } from "./key-ring";

const URL_A = "https://a.example/v1";
const URL_B = "http://localhost:8000/v1";

function memoryStorage() {
  const entries = new Map<string, string>();
  const storage: KeyStorage = {
    getItem: (name) => entries.get(name) ?? null,
    setItem: (name, value) => void entries.set(name, value),
    removeItem: (name) => void entries.delete(name),
  };
  return { storage, text: () => [...entries].join() };
}

it("keeps a key for this visit only, unless it is to be remembered", () => {
  const { storage, text } = memoryStorage();
  const ring = createKeyRing(() => storage);
  expect(ring.keep(URL_A, "secret-a", false)).toBe(false);
  expect(ring.keyOf(URL_A)).toBe("secret-a");
  expect(ring.isRemembered(URL_A)).toBe(false);
  expect(text()).not.toContain("secret");
  expect(createKeyRing(() => storage).keyOf(URL_A)).toBe(null);
});

it("remembers a key for the next visit, by base URL", () => {
  const { storage } = memoryStorage();
  expect(createKeyRing(() => storage).keep(`${URL_A}/`, "secret-a", true)).toBe(true);
  const later = createKeyRing(() => storage);
  expect(later.keyOf(URL_A)).toBe("secret-a");
  expect(later.isRemembered(URL_A)).toBe(true);
  expect(later.keyOf(URL_B)).toBe(null);
});

it("forgets one key for good, and no other", () => {
  const { storage, text } = memoryStorage();
  const ring = createKeyRing(() => storage);
  ring.keep(URL_A, "secret-a", true);
  ring.keep(URL_B, "secret-b", true);
  ring.forget(URL_A);
  expect(ring.keyOf(URL_A)).toBe(null);
  expect(ring.keyOf(URL_B)).toBe("secret-b");
  expect(text()).not.toContain("secret-a");
});

it("takes a remembered key back when it is to be kept for this visit only", () => {
  const { storage, text } = memoryStorage();
  const ring = createKeyRing(() => storage);
  ring.keep(URL_A, "secret-a", true);
  ring.keep(URL_A, "secret-b", false);
  expect(ring.keyOf(URL_A)).toBe("secret-b");
  expect(text()).not.toContain("secret");
});

it.each([
  ["withholds its storage", () => null],
  [
    "is out of room",
    () => ({
      ...memoryStorage().storage,
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    }),
  ],
])("says so when the browser %s, and works on", (_, openStorage) => {
  const ring = createKeyRing(openStorage);
  expect(ring.keep(URL_A, "secret-a", true)).toBe(false);
  expect(ring.keyOf(URL_A)).toBe("secret-a");
});

it("reads nothing into what others left under its name", () => {
  const { storage } = memoryStorage();
  createKeyRing(() => storage).keep(URL_A, "secret-a", true);
  for (const text of ["not json", "[1]", '"text"', "null", '{"https://a.example/v1": 3}']) {
    const foreign: KeyStorage = { ...storage, getItem: () => text };
    expect(createKeyRing(() => foreign).keyOf(URL_A)).toBe(null);
  }
});
