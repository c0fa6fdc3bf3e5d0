import { OUTPUT_LIMIT } from "../wire";

/**
 * Replaces the methods of `console` by one that prints nothing and counts: what a program prints is nobody's business, and a
 * flood of it would reach the browser's own console.
 * @param onFlood called once, when more than {@link OUTPUT_LIMIT} characters were printed.
 */
export function defineMeter(onFlood: () => void): void {
  let printed = 0;
  let flooded = false;
  const print = (...items: unknown[]): void => {
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      printed += typeof item === "string" ? item.length + 1 : 8;
    }
    printed += 1;
    if (printed <= OUTPUT_LIMIT || flooded) return;
    onFlood();
    flooded = true;
  };
  const meter: Record<string, unknown> = {};
  for (const name of Object.getOwnPropertyNames(console)) meter[name] = print;
  Object.defineProperty(globalThis, "console", { value: meter, writable: true, configurable: true });
}
