import type { PyodideModule } from "./emscripten.ts";

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
