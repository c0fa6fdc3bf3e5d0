import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildAppIfStale } from "../cli/dist";
import { ROOT } from "../cli/root";
import type { Measure } from "./measure";

/**
 * The size of what the page loads before it can show anything: the scripts and styles that index.html names. Besides, what comes only
 * when it is asked for: Python with its first program, WebLLM (the largest chunk) with its list or a model.
 */
export const measure: Measure = async (log) => {
  await buildAppIfStale(log);
  const dist = join(ROOT, "dist");
  const html = readFileSync(join(dist, "index.html"), "utf8");
  const entry = named(html, /<script[^>]+src="([^"]+)"/g);
  const preloaded = named(html, /<link[^>]+rel="modulepreload"[^>]+href="([^"]+)"/g);
  const styles = named(html, /<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"/g);
  const size = (paths: readonly string[]) =>
    paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(dist, path))).length, 0);
  return {
    firstChunkGzipBytes: size(entry),
    preloadedChunksGzipBytes: size(preloaded),
    stylesGzipBytes: size(styles),
    pythonOnFirstUseBytes: bytesIn(join(dist, "pyodide")),
    largestLaterChunkGzipBytes: size([largest(join(dist, "assets"))]),
  };
};

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function largest(folder: string): string {
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const bySize = scripts.toSorted((a, b) => statSync(join(folder, b)).size - statSync(join(folder, a)).size);
  return join("assets", bySize[0] ?? "");
}

function named(html: string, pattern: RegExp): readonly string[] {
  return [...html.matchAll(pattern)].flatMap((match) => (match[1] ? [match[1]] : []));
}
