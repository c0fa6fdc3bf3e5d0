import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { strToU8, unzipSync, type Zippable, zipSync } from "fflate";
import type { Connect, Plugin } from "vite";
import type { CreatePyodideModule } from "../src/sandbox/python/guest/emscripten.ts";
import { Interpreter } from "../src/sandbox/python/guest/interpreter.ts";

/*
 * The files that the Python sandbox's realms are made of, how they are made and how they are served. They come from
 * the Pyodide package: its script as a classic one, its machine code, the standard library with this project's own
 * modules, and the memory of an interpreter that is ready to use.
 */

const PACKAGE = dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));
const fromPyodide = (name: string) => readFileSync(join(PACKAGE, name));
const SOURCES = fileURLToPath(new URL("../src/sandbox/python/source/", import.meta.url));
const THIS_FILE = fileURLToPath(import.meta.url);
const REALM_SOURCES = fileURLToPath(new URL("../src/sandbox/python/guest/", import.meta.url));

/** The text of a file of src/sandbox/python/source. */
export const pythonSource = (name: string): string => readFileSync(join(SOURCES, name), "utf8");

/** The names of the files of {@link PyodideFiles}. All but the zip file are compressed with gzip. */
type PyodideFileName = "script" | "wasm" | "stdlib" | "snapshot";
/** What is served under `pyodide/`. */
interface PyodideFiles {
  readonly files: Readonly<Record<PyodideFileName, Uint8Array>>;
  /** JSON text of `{version, bytes: {script, wasm, stdlib, snapshot}}`: the sizes as they are served. */
  readonly manifest: string;
}

/** Packages of the standard library that lead out of Python, or that are of no use in a sandbox. */
const LEFT_OUT =
  /^(pyodide|ctypes|_pyrepl|multiprocessing|sqlite3|wsgiref|xmlrpc|idlelib|ensurepip|site-packages)\/|^_sysconfigdata/;
/** Modules of this project's that realms import; prepare.py is run by the realm's script. */
const isModule = (name: string) => name.endsWith(".py") && name !== "prepare.py";
/** Fixed, so that the same sources make the same bytes. */
const EPOCH = new Date(1980, 0, 1, 12);

/** Replacements in Pyodide's script; each must be possible exactly once, so that a new version cannot slip through. */
const PATCHES: readonly (readonly [from: string, to: string])[] = [
  // A module becomes a part of a classic script.
  ["export default _createPyodideModule;", ""],
  ["var require=createRequire(import.meta.url)", "var require"],
  ["var _scriptName=import.meta.url;", 'var _scriptName="";'],
  ['new URL("pyodide.asm.wasm",import.meta.url).href', '""'],
  // At its limit of memory a program ends, instead of getting an exception that it can catch.
  [
    "requestedSize>>>=0;var oldSize=HEAPU8.length;",
    'requestedSize>>>=0;Module["beforeGrow"](requestedSize);var oldSize=HEAPU8.length;',
  ],
  ["var growMemory=", 'var growMemory=Module["growMemory"]='],
  // The place where Python looks for signals is where a program can be stopped.
  [
    "function _Py_CheckEmscriptenSignals_Helper(){",
    'function _Py_CheckEmscriptenSignals_Helper(){Module["onTick"]();return 0;',
  ],
];

/** Pyodide's script as a part of a classic one; it declares `_createPyodideModule`. */
function classicScript(): string {
  let script = fromPyodide("pyodide.asm.mjs").toString("utf8");
  for (const [from, to] of PATCHES) {
    const parts = script.split(from);
    if (parts.length !== 2) throw new Error(`Pyodide's script has ${parts.length - 1} places for the patch of ${from}`);
    script = parts.join(to);
  }
  return script;
}

function standardLibrary(): Uint8Array {
  const files: Zippable = {};
  for (const [name, bytes] of Object.entries(unzipSync(fromPyodide("python_stdlib.zip")))) {
    if (!LEFT_OUT.test(name) && !name.endsWith("/")) files[name] = bytes;
  }
  for (const name of readdirSync(SOURCES).filter(isModule)) files[name] = strToU8(pythonSource(name));
  return zipSync(files, { mtime: EPOCH, level: 9 });
}

/** Starts an interpreter here, prepares it for candidates and gives its memory. */
async function preparedMemory(script: string, stdlib: Uint8Array): Promise<Uint8Array> {
  // Shadows of the globals that would tell Pyodide that it runs in Node; realms are workers of a browser.
  const worker = { WorkerGlobalScope: Object, TextDecoder, TextEncoder };
  const load = new Function("globalThis", "process", "navigator", `"use strict";${script};return _createPyodideModule`);
  const create = load(worker, undefined, undefined) as CreatePyodideModule;
  const wasm = await WebAssembly.compile(fromPyodide("pyodide.asm.wasm"));
  const files = { wasm, stdlib, snapshot: null };
  const interpreter = await Interpreter.start(create, files, pythonSource("prepare.py"), ["candidate", "handle"]);
  return interpreter.memory;
}

/** Makes the bytes of one file. */
const MAKE: Readonly<Record<PyodideFileName, () => Promise<Uint8Array>>> = {
  script: () => compress(classicScript()),
  wasm: () => compress(fromPyodide("pyodide.asm.wasm")),
  stdlib: async () => standardLibrary(),
  snapshot: async () => compress(await preparedMemory(classicScript(), standardLibrary())),
};
const NAMES = Object.keys(MAKE) as readonly PyodideFileName[];

const compress = promisify<string | Uint8Array, Buffer>(gzip);

/** All that decides how a file comes out, as a short text. */
function fingerprint(name: PyodideFileName): string {
  const hash = createHash("sha256").update(fromPyodide("package.json")).update(readFileSync(THIS_FILE));
  const folders = name === "stdlib" ? [SOURCES] : name === "snapshot" ? [SOURCES, REALM_SOURCES] : [];
  for (const folder of folders) {
    for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/** A file from the cache when what it is made of has not changed: making them all takes seconds. */
async function cached(name: PyodideFileName, version: string): Promise<Uint8Array> {
  const folder = fileURLToPath(new URL("../node_modules/.cache/pyodide/", import.meta.url));
  const path = join(folder, `${name}-${version}`);
  if (!existsSync(path)) {
    const bytes = await MAKE[name]();
    mkdirSync(folder, { recursive: true });
    for (const old of readdirSync(folder)) if (old.startsWith(`${name}-`)) rmSync(join(folder, old), { force: true });
    // Others may make the same file meanwhile; each must see a whole one.
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, bytes);
    renameSync(fresh, path);
  }
  return readFileSync(path);
}

/** The files of the Python sandbox. */
async function pyodideFiles(): Promise<PyodideFiles> {
  const versions = NAMES.map(fingerprint);
  const files = await Promise.all(NAMES.map((name, i) => cached(name, versions[i] as string)));
  const named = Object.fromEntries(NAMES.map((name, i) => [name, files[i]])) as unknown as PyodideFiles["files"];
  const bytes = Object.fromEntries(NAMES.map((name) => [name, named[name].length]));
  const version = createHash("sha256").update(versions.join()).digest("hex").slice(0, 16);
  return { files: named, manifest: JSON.stringify({ version, bytes }) };
}

/** The folder of the built app that they lie in. */
const FOLDER = "pyodide";
/** An ending that makes no server think it should say something about compression. */
const ENDING = ".bin";

const NOTICE = `These files come from Pyodide (https://pyodide.org), version 314.0.7, under the Mozilla Public License 2.0
(https://www.mozilla.org/MPL/2.0/), and from Python, under the PSF License (https://docs.python.org/3/license.html).

  script.bin    pyodide.asm.mjs, changed: a classic script, and hooks for limits (gzip)
  wasm.bin      pyodide.asm.wasm, unchanged (gzip)
  stdlib.bin    python_stdlib.zip, without some packages and with a few modules of this project (zip)
  snapshot.bin  the memory of an interpreter that has started from them (gzip)

How they are made, and with it their source form, is in build/pyodide.ts of this project.
`;

/** What lies in the folder, by name. */
async function contents(): Promise<ReadonlyMap<string, Uint8Array | string>> {
  const { files, manifest } = await pyodideFiles();
  const named = Object.entries(files).map(([name, bytes]) => [name + ENDING, bytes] as const);
  return new Map<string, Uint8Array | string>([...named, ["manifest.json", manifest], ["LICENSE.txt", NOTICE]]);
}

/** Serves the files of the Python sandbox while developing and testing, and writes them into the built app. */
export function pyodideAssets(): Plugin {
  let made: Promise<ReadonlyMap<string, Uint8Array | string>> | null = null;
  const send: Connect.NextHandleFunction = (request, response, next) => {
    const path = request.url?.split("?")[0] ?? "";
    if (!path.startsWith(`/${FOLDER}/`)) return next();
    const name = path.slice(FOLDER.length + 2);
    made ??= contents();
    made.then((files) => {
      const file = files.get(name);
      if (file === undefined) return next();
      response.setHeader("Content-Type", name.endsWith(".json") ? "application/json" : "application/octet-stream");
      response.setHeader("Cache-Control", "no-cache");
      response.end(file);
    }, next);
  };
  return {
    name: "pyodide-assets",
    configureServer(server) {
      server.watcher.on("change", (path) => {
        if (path.replaceAll("\\", "/").includes("/src/sandbox/")) made = null;
      });
      server.middlewares.use(send);
    },
    async generateBundle() {
      if (this.environment.name !== "client") return;
      for (const [name, source] of await contents())
        this.emitFile({ type: "asset", fileName: `${FOLDER}/${name}`, source });
    },
  };
}
