import { expect, it } from "vitest";
import { LoadProgress } from "./progress";

const MB = 2 ** 20;
const TAIL =
  " It can take a while when we first visit this page to populate the cache. Later refreshes will become faster.";

function fetching(shards: number, megabytes: number, progress: number) {
  const text = `Fetching param cache[${shards}/10]: ${megabytes}MB fetched. ${100 * progress}% completed, 3 secs elapsed.`;
  return { text: text + TAIL, progress, timeElapsed: 3 };
}

it("a download is told in bytes, with the seconds that the rest takes at the present pace", () => {
  let nowMs = 0;
  const progress = new LoadProgress(() => nowMs);
  progress.setTotalBytes(100 * MB);
  expect(progress.read({ text: "Start to fetch params", progress: 0, timeElapsed: 0 }).download).toEqual({
    loadedBytes: 0,
    totalBytes: 100 * MB,
    secondsLeft: null,
  });
  nowMs = 2000;
  expect(progress.read(fetching(1, 10, 0.1)).download?.secondsLeft).toBe(18);
  // Ten times slower from here: what came before counts for less and less.
  const left = Array.from({ length: 8 }, (_, i) => {
    nowMs += 20_000;
    return progress.read(fetching(2 + i, 10 + 10 * (i + 1), 0.1 + 0.1 * (i + 1))).download?.secondsLeft ?? 0;
  });
  expect(left.at(-1)).toBe(20);
});

it("until the size is known, the engine's own megabytes are told", () => {
  const progress = new LoadProgress(() => 0);
  const { download, fraction } = progress.read(fetching(3, 30, 0.3));
  expect(download).toEqual({ loadedBytes: 30 * MB, totalBytes: null, secondsLeft: null });
  expect(fraction).toBe(0.3);
});

it("what follows the download is told in words", () => {
  const progress = new LoadProgress(() => 0);
  const read = (text: string, share: number) => progress.read({ text, progress: share, timeElapsed: 1 });
  expect(read("Loading model from cache[3/24]: 143MB loaded. 15% completed, 5 secs elapsed.", 0.15)).toEqual({
    message: "Moving the model to the GPU",
    fraction: 0.15,
  });
  expect(read("Loading GPU shader modules[3/86]: 3% completed, 1 secs elapsed.", 0.03).message).toContain("kernels");
  expect(read("Finish loading on WebGPU - apple", 1).fraction).toBe(1);
  expect(read("Something new", Number.NaN)).toEqual({ message: "Loading the model", fraction: null });
});
