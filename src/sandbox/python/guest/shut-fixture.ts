import { reseed, shut } from "./shut";

/** A worker that shuts itself as a realm does, and then tells what is left of the globals of some names, and of chance. */
const say = self.postMessage.bind(self);

self.onmessage = ({ data: names }: MessageEvent<readonly string[]>) => {
  shut();
  const draw = () => {
    reseed();
    return [...crypto.getRandomValues(new Uint8Array(4))];
  };
  const builtIns = [Object.prototype, Array.prototype, Function.prototype, Promise, Uint8Array.prototype, Math, JSON];
  say({
    there: names.filter((name) => name in globalThis),
    frozen: builtIns.map(Object.isFrozen),
    draws: [draw(), draw()],
  });
};
