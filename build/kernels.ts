import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import type { Connect, Plugin } from "vite";

/*
 * The tiny model's kernels (kernels/, AssemblyScript) as WebAssembly, once for each thing that an engine may or may not
 * have: relaxed SIMD, whose fused multiply-add is a third faster, and memory shared between threads.
 */

const SOURCES = fileURLToPath(new URL("../kernels/", import.meta.url));
const CACHE = fileURLToPath(new URL("../node_modules/.cache/kernels/", import.meta.url));

/** The folder of the built app that they lie in. */
const FOLDER = "kernels";

/** Most pages of 64 KiB that shared memory may grow to: 1 GiB. */
const MOST_PAGES = 16_384;

/** The compiler's options for each file. The first kilobyte is the threads' (kernels/threads.ts). */
const BASE = ["--runtime", "stub", "--enable", "simd", "--importMemory", "--noAssert", "--memoryBase", "1024", "-O3"];
const RELAXED = ["--enable", "relaxed-simd"];
const THREADS = [
  ...["--enable", "threads", "--sharedMemory"],
  ...["--initialMemory", "1", "--maximumMemory", String(MOST_PAGES)],
];
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  "fixed.wasm": BASE,
  "relaxed.wasm": [...BASE, ...RELAXED],
  "fixed-threads.wasm": [...BASE, ...THREADS],
  "relaxed-threads.wasm": [...BASE, ...RELAXED, ...THREADS],
};

/** What decides how a file comes out, as a short text. */
export function kernelsVersion(): string {
  const hash = createHash("sha256").update(asc.version).update(JSON.stringify(VARIANTS));
  for (const file of readdirSync(SOURCES).sort()) hash.update(file).update(readFileSync(join(SOURCES, file)));
  return hash.digest("hex").slice(0, 16);
}

async function compile(options: readonly string[]): Promise<Uint8Array> {
  let binary: Uint8Array | null = null;
  const { error, stderr } = await asc.main(["index.ts", "--outFile", "kernels.wasm", ...options], {
    readFile: (name: string) => {
      const path = join(SOURCES, name);
      return existsSync(path) ? readFileSync(path, "utf8") : null;
    },
    writeFile: (_: string, contents: Uint8Array | string) => {
      if (typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === null) throw new Error(`The kernels do not compile.\n${stderr.toString()}`);
  return binary;
}

/** One of the files, from the cache when its sources have not changed. */
export async function kernelFile(name: string): Promise<Uint8Array> {
  const options = VARIANTS[name];
  if (options === undefined) throw new RangeError(`There are no kernels called ${name}.`);
  const path = join(CACHE, `${kernelsVersion()}-${name}`);
  if (!existsSync(path)) {
    mkdirSync(CACHE, { recursive: true });
    for (const old of readdirSync(CACHE)) if (old.endsWith(`-${name}`)) rmSync(join(CACHE, old), { force: true });
    // Others may make the same file meanwhile; each must see a whole one.
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, await compile(options));
    renameSync(fresh, path);
  }
  return readFileSync(path);
}

/** Serves the kernels while developing and testing, and writes them into the built app. */
export function kernelAssets(): Plugin {
  const send: Connect.NextHandleFunction = (request, response, next) => {
    const [, name = ""] = new RegExp(`^/${FOLDER}/([\\w-]+\\.wasm)$`).exec(request.url?.split("?")[0] ?? "") ?? [];
    if (!Object.hasOwn(VARIANTS, name)) return next();
    kernelFile(name).then((bytes) => {
      response.setHeader("Content-Type", "application/wasm");
      response.setHeader("Cache-Control", "no-cache");
      response.end(bytes);
    }, next);
  };
  return {
    name: "kernel-assets",
    configureServer(server) {
      server.middlewares.use(send);
    },
    async generateBundle() {
      if (this.environment.name !== "client") return;
      for (const name of Object.keys(VARIANTS)) {
        this.emitFile({ type: "asset", fileName: `${FOLDER}/${name}`, source: await kernelFile(name) });
      }
    },
  };
}
