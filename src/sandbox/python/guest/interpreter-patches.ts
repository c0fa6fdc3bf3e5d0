import type { PyodideModule } from "./emscripten.ts";

/*
 * What is changed in an interpreter's tables and machine code before a program comes.
 */

/** Built-in modules that lead out of Python: to JavaScript, and to the machine's functions and memory. */
const HIDDEN = ["_pyodide_core", "_ctypes", "_ctypes_test"];

/**
 * Takes modules out of the interpreter's tables of built-in modules (rows of a name and a function), by overwriting
 * their rows with the rows before them. Names that are not there are fine.
 */
export function hideModules({ HEAPU8, HEAPU32, wasmTable }: PyodideModule): void {
  const isFunction = (word: number | undefined) => word !== undefined && word > 0 && word < wasmTable.length;
  for (const name of HIDDEN) {
    for (const text of findText(HEAPU8, name)) {
      for (let at = HEAPU32.indexOf(text); at >= 0; at = HEAPU32.indexOf(text, at + 1)) {
        // Elsewhere the same text is the name in a module's definition.
        if (isFunction(HEAPU32[at - 1]) && isFunction(HEAPU32[at + 1])) HEAPU32.copyWithin(at, at - 2, at);
      }
    }
  }
}

/** Addresses of a text between zeros. */
function findText(memory: Uint8Array, text: string): number[] {
  const bytes = new TextEncoder().encode(`\0${text}\0`);
  const found: number[] = [];
  for (let at = memory.indexOf(0); at >= 0; at = memory.indexOf(0, at + 1)) {
    if (memory[at + 1] === bytes[1] && bytes.every((byte, i) => memory[at + i] === byte)) found.push(at + 1);
  }
  return found;
}

/** Where a type object holds the function that frees its instances. */
const TP_DEALLOC = 24;
/**
 * Bytes of Python's stack that one level takes: 10 MB of it are for about 600 levels, which the machine's stack can
 * bear.
 */
const BYTES_PER_LEVEL = 16_384;

/**
 * Makes the freeing of deeply nested values (a linked list of 10,000 nodes) safe. Python frees them without recursion
 * once its own stack gets short; but here the functions that free take up none of it, only the machine's, which
 * overflows. So each of them is wrapped in a function that takes up some.
 * @param types addresses of type objects; the instances of all types that share their function are meant.
 */
export function boundDeallocation(module: PyodideModule, types: readonly number[]): void {
  const { HEAPU32, wasmTable, ___stack_pointer } = module;
  const indices = [...new Set(types.map((type) => HEAPU32[(type + TP_DEALLOC) >>> 2] ?? 0))];
  const first = wasmTable.grow(indices.length);
  const wrappers = new WebAssembly.Instance(new WebAssembly.Module(wrapperModule(first, indices.length)), {
    env: { table: wasmTable, stack: ___stack_pointer },
  }).exports;
  indices.forEach((index, i) => {
    wasmTable.set(first + i, wasmTable.get(index));
    wasmTable.set(index, wrappers[`f${i}`]);
  });
}

/** Machine code of functions `f0`, `f1`, ... that call those of the table from `first` on, with less stack. */
function wrapperModule(first: number, count: number): Uint8Array<ArrayBuffer> {
  const stack = (operation: number) => [0x23, 0, 0x41, ...signed(BYTES_PER_LEVEL), operation, 0x24, 0];
  const SUBTRACT = 0x6b;
  const ADD = 0x6a;
  const each = <T>(make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const call = (i: number) => [0x20, 0, 0x41, ...signed(first + i), 0x11, 0, 0];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, 1, 0x7f, 0]]),
    ...section(2, [
      [...name("env"), ...name("table"), 1, 0x70, 0, 0],
      [...name("env"), ...name("stack"), 3, 0x7f, 1],
    ]),
    ...section(
      3,
      each(() => [0]),
    ),
    ...section(
      7,
      each((i) => [...name(`f${i}`), 0, i]),
    ),
    ...section(
      10,
      each((i) => sized([0, ...stack(SUBTRACT), ...call(i), ...stack(ADD), 0x0b])),
    ),
  ]);
}

/**
 * A function in the interpreter's table that takes two words and sleeps until `call` has its answer.
 * @returns its index.
 */
export function suspendingFunction(
  { wasmTable }: PyodideModule,
  Suspending: NonNullable<typeof WebAssembly.Suspending>,
  call: (self: number, argument: number) => Promise<number>,
): number {
  const code = new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, 2, 0x7f, 0x7f, 1, 0x7f]]),
    ...section(2, [[...name("env"), ...name("call"), 0, 0]]),
    ...section(3, [[0]]),
    ...section(7, [[...name("f"), 0, 1]]),
    ...section(10, [sized([0, 0x20, 0, 0x20, 1, 0x10, 0, 0x0b])]),
  ]);
  const suspending = new Suspending(call as (...words: number[]) => Promise<number>);
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { call: suspending } }).exports;
  const index = wasmTable.grow(1);
  wasmTable.set(index, f);
  return index;
}

const section = (id: number, items: readonly (readonly number[])[]): number[] => [
  id,
  ...sized([items.length, ...items.flat()]),
];
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const name = (text: string): number[] => sized([...new TextEncoder().encode(text)]);

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** LEB128 of a number that is not negative, with a clear sign bit. */
function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)];
}
