import { expect, it } from "vitest";
import { deferred } from "../core/deferred";
import { exclusively } from "./exclusively";

it("does a thing once at a time, and again when it is over", async () => {
  const first = deferred<void>();
  const done: string[] = [];
  const work = (name: string, until?: Promise<void>) => async () => {
    await until;
    done.push(name);
  };
  const held = exclusively("test lock", work("first", first.promise));
  expect(await exclusively("test lock", work("second"))).toBe(false);
  expect(await exclusively("another lock", work("third"))).toBe(true);
  first.resolve();
  expect(await held).toBe(true);
  expect(await exclusively("test lock", work("fourth"))).toBe(true);
  expect(done).toEqual(["third", "first", "fourth"]);
});

it("lets go of it when the work fails", async () => {
  const failing = exclusively("failing lock", () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(await exclusively("failing lock", async () => {})).toBe(true);
});
