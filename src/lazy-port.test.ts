import { describe, expect, it } from "vitest";
import { lazyPort } from "./lazy-port";

class Counter {
  private count = 0;
  async add(amount: number): Promise<number> {
    this.count += amount;
    return this.count;
  }
}

type Counting = Pick<Counter, "add">;

describe("lazyPort", () => {
  it("loads once, when it is first called, and keeps what it is", async () => {
    let loads = 0;
    const port = lazyPort<Counting>(async () => {
      loads++;
      return new Counter();
    });
    expect(loads).toBe(0);
    await Promise.all([port.add(1), port.add(2)]);
    expect(await port.add(3)).toBe(6);
    expect(loads).toBe(1);
  });

  it("loads anew after a failure", async () => {
    let isDown = true;
    const port = lazyPort<Counting>(async () => {
      if (isDown) throw new Error("no network");
      return new Counter();
    });
    await expect(port.add(1)).rejects.toThrow("no network");
    isDown = false;
    expect(await port.add(1)).toBe(1);
  });
});
