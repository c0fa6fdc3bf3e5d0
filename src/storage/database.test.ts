import { expect, it } from "vitest";
import { LabDatabase, toStorageError } from "./database";
import { IndexedProblemStore } from "./problems";

it("says so when the browser has no storage for the page", async () => {
  // As in Node, where there is no IndexedDB.
  const store = new IndexedProblemStore(new LabDatabase());
  await expect(store.collections()).rejects.toMatchObject({
    code: "storage/blocked",
    message: "The browser lets this page keep nothing.",
    hint: expect.stringContaining("private window"),
  });
});

it("finds a full disk however deep it is wrapped", () => {
  const full = Object.assign(new Error("full"), { name: "QuotaExceededError" });
  const aborted = Object.assign(new Error("aborted"), { name: "AbortError", inner: full });
  const bulk = Object.assign(new Error("bulk"), { name: "BulkError", failures: [aborted] });
  for (const thrown of [full, aborted, bulk]) {
    expect(toStorageError(thrown)).toMatchObject({ code: "storage/quota", hint: expect.stringContaining("Remove") });
  }
});
