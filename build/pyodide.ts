import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { strToU8, unzipSync, type Zippable, zipSync } from "fflate";
import type { CreatePyodideModule } from "../src/sandbox/page/python/emscripten.ts";
import { Interpreter } from "../src/sandbox/page/python/interpreter.ts";

/*
 * The files that the Python lane's realms are made of, made from the Pyodide package: its script as a classic one, its
 * machine code, the standard library with this project's own modules, and the memory of an interpreter that is ready to use.
 */

const pyodide = dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));
const fromPyodide = (name: string) => readFileSync(join(pyodide, name));
const SOURCES = fileURLToPath(new URL("../src/sandbox/python/source/", import.meta.url));
const THIS_FILE = fileURLToPath(import.meta.url);
const REALM_SOURCES = fileURLToPath(new URL("../src/sandbox/page/python/", import.meta.url));

/** The text of a file of src/sandbox/python/source. */
export const pythonSource = (name: string): string => readFileSync(join(SOURCES, name), "utf8");

/** The names of the files of {@link PyodideFiles}. All but the zip file are compressed with gzip. */
export type PyodideFileName = "script" | "wasm" | "stdlib" | "snapshot";
/** What is served under `pyodide/`. */
export interface PyodideFiles {
  readonly files: Readonly<Record<PyodideFileName, Uint8Array>>;
  /** JSON text of a {@link PyodideManifest}. */
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

const compress = promisify(gzip);

async function make(): Promise<PyodideFiles["files"]> {
  const script = classicScript();
  const stdlib = standardLibrary();
  const [wasm, text, memory] = await Promise.all([
    compress(fromPyodide("pyodide.asm.wasm"), { level: 9 }),
    compress(script, { level: 9 }),
    preparedMemory(script, stdlib).then((bytes) => compress(bytes, { level: 9 })),
  ]);
  return { script: text, wasm, stdlib, snapshot: memory };
}

/** All that decides how the files come out. */
function fingerprint(): string {
  const hash = createHash("sha256")
    .update(readFileSync(join(pyodide, "package.json")))
    .update(readFileSync(THIS_FILE));
  for (const folder of [SOURCES, REALM_SOURCES]) {
    for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

const NAMES: readonly PyodideFileName[] = ["script", "wasm", "stdlib", "snapshot"];

/** The files, from the cache when their sources have not changed: making them takes seconds. */
export async function pyodideFiles(): Promise<PyodideFiles> {
  const version = fingerprint();
  const cache = fileURLToPath(new URL(`../node_modules/.cache/pyodide/${version}/`, import.meta.url));
  if (!existsSync(cache)) {
    const fresh = `${cache.slice(0, -1)}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    for (const [name, bytes] of Object.entries(await make())) writeFileSync(join(fresh, name), bytes);
    try {
      renameSync(fresh, cache);
    } catch (thrown) {
      // Another process made the same files meanwhile.
      if (!existsSync(cache)) throw thrown;
    }
  }
  const files = Object.fromEntries(NAMES.map((name) => [name, new Uint8Array(readFileSync(join(cache, name)))]));
  const sizes = NAMES.map((name) => [name, files[name]?.length]);
  return {
    files: files as unknown as PyodideFiles["files"],
    manifest: JSON.stringify({ version, bytes: Object.fromEntries(sizes) }),
  };
}
