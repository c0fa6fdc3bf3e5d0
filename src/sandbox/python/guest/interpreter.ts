import type { CreatePyodideModule, PyodideModule, PyodideSettings } from "./emscripten.ts";
import { FileTree, StandardStreams } from "./file-system.ts";
import { boundDeallocation, hideModules, suspendingFunction } from "./interpreter-patches.ts";
import { MEMORY_LIMIT, Stop } from "./limits.ts";

/** What an interpreter is made of. */
export interface InterpreterFiles {
  readonly wasm: WebAssembly.Module;
  /** Python's standard library, with this project's own modules, as a zip file. */
  readonly stdlib: Uint8Array;
  /**
   * The memory of an interpreter that was prepared before ({@link Interpreter.memory}), or null to start from
   * nothing.
   */
  readonly snapshot: Uint8Array | null;
}

const STDLIB = "/lib/python314.zip";
const HOME = "/home/lab";
/** Where a program's clock is read: the realm's own is taken away before a program runs. */
const now = performance.now.bind(performance);

/**
 * One Python interpreter. Talks with its Python half through texts alone, so that no JavaScript object is ever within
 * Python's reach: Pyodide's own bridge is not set up at all.
 */
export class Interpreter {
  readonly streams: StandardStreams;
  /** Whether Python can wait for an answer (JavaScript promise integration). */
  readonly canWait = WebAssembly.Suspending !== undefined;
  readonly #module: PyodideModule;
  readonly #files: FileTree;
  /** Calls the Python half: a text object in, a text object or 0 out. */
  #call: (text: number) => number | Promise<number> = () => 0;
  #rewindTo: { readonly memory: Uint8Array; readonly stackPointer: number; readonly table: number } | null = null;
  #deadline = Number.POSITIVE_INFINITY;
  /** Has a text of the Python half answered by whoever is at the other end. The time until then is nobody's. */
  onAsk: (text: string) => Promise<string> = () => Promise.reject(new Error("There is nobody to ask"));

  private constructor(module: PyodideModule, streams: StandardStreams, stdlib: Uint8Array) {
    this.#module = module;
    this.streams = streams;
    this.#files = new FileTree(module.FS, module.FS.lookupPath(STDLIB).node, stdlib);
  }

  /**
   * Starts one.
   * @param handler the module and function of its Python half: text in, text out.
   * @throws Error when it does not start.
   */
  static async start(
    create: CreatePyodideModule,
    { wasm, stdlib, snapshot }: InterpreterFiles,
    prepare: string,
    handler: readonly [module: string, name: string],
  ): Promise<Interpreter> {
    const watch = { tick: () => {} };
    const streams = new StandardStreams();
    const module = await create(settings(wasm, stdlib, streams, snapshot !== null, () => watch.tick()));
    const interpreter = new Interpreter(module, streams, stdlib);
    watch.tick = () => interpreter.#tick();
    if (snapshot) interpreter.#restore(snapshot);
    else interpreter.#prepare(prepare);
    const { _PyList_Type, _PyTuple_Type, _PyDict_Type } = module;
    boundDeallocation(module, [
      _PyList_Type,
      _PyTuple_Type,
      _PyDict_Type,
      interpreter.#find(["candidate", "Instance"]),
    ]);
    interpreter.#connect(interpreter.#find(handler));
    interpreter.#offerToAsk();
    return interpreter;
  }

  /** A copy of its memory, for {@link InterpreterFiles.snapshot}. */
  get memory(): Uint8Array {
    return this.#module.HEAPU8.slice();
  }

  /** Bytes it has now. It never gives any back. */
  get memorySize(): number {
    return this.#module.HEAPU8.length;
  }

  /** Keeps its present state as the one that {@link rewind} goes back to. */
  keep(): void {
    this.#module.HEAPU8[this.#module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1;
    this.streams.clear();
    this.#files.keep();
    this.#rewindTo = {
      memory: this.memory,
      stackPointer: this.#module.___stack_pointer.value,
      table: this.#module.wasmTable.length,
    };
  }

  /** Goes back to the kept state: memory, stack, functions, files and streams. */
  rewind(): void {
    if (!this.#rewindTo) throw new Error("Nothing was kept");
    const { memory, stackPointer, table } = this.#rewindTo;
    const { HEAPU8, ___stack_pointer, wasmTable } = this.#module;
    HEAPU8.set(memory);
    HEAPU8.fill(0, memory.length);
    ___stack_pointer.value = stackPointer;
    for (let i = table; i < wasmTable.length; i++) wasmTable.set(i, null);
    this.#files.rewind();
    this.streams.rewind();
  }

  /**
   * Hands a text to the Python half and takes its answer.
   * @param timeLimitMs after which the program is stopped, if it is Python code that runs then and not a built-in
   * function.
   * @throws Stop; whatever the machine throws when it is broken (an exit, a trap, an overflow of its stack).
   */
  async call(text: string, timeLimitMs = Number.POSITIVE_INFINITY): Promise<string> {
    const { _PyErr_Print, __Py_DecRef } = this.#module;
    const argument = this.#newText(text);
    this.#deadline = now() + timeLimitMs;
    const answer = await this.#call(argument);
    this.#deadline = Number.POSITIVE_INFINITY;
    __Py_DecRef(argument);
    if (answer === 0) {
      _PyErr_Print();
      throw new Error("The Python half raised an exception");
    }
    const result = this.#readText(answer);
    __Py_DecRef(answer);
    return result;
  }

  #connect(handler: number): void {
    const { _PyObject_CallOneArg } = this.#module;
    // A stack of its own is twice as long as that of a worker.
    const call = WebAssembly.promising?.(_PyObject_CallOneArg) ?? _PyObject_CallOneArg;
    this.#call = (text) => call(handler, text);
  }

  /** Puts a function into live.py that hands a text out and sleeps until the answer is there. */
  #offerToAsk(): void {
    const { Suspending } = WebAssembly;
    if (!Suspending) return;
    const module = this.#module;
    const index = suspendingFunction(module, Suspending, async (_, argument) => {
      const since = now();
      const answer = await this.onAsk(this.#readText(argument));
      this.#deadline += now() - since;
      return this.#newText(answer);
    });
    const METH_O = 8;
    const definition = module._malloc(16);
    const words = [this.#cText("exchange"), index, METH_O, 0];
    words.forEach((word, i) => {
      module.HEAPU32[(definition >>> 2) + i] = word;
    });
    const live = this.#cText("live");
    module._PyObject_SetAttrString(
      module._PyImport_ImportModule(live),
      words[0] as number,
      module._PyCFunction_NewEx(definition, 0, 0),
    );
    module._free(live);
  }

  #tick(): void {
    if (now() > this.#deadline) throw new Stop("timeout");
  }

  #restore(snapshot: Uint8Array): void {
    const module = this.#module;
    if (module.HEAPU8.length < snapshot.length) module.growMemory(snapshot.length);
    // Which machine code calls C functions depends on the browser, so it is not the snapshot's to say.
    const at = module.__PyRuntime + (module.HEAP32[module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET >>> 2] ?? 0);
    const trampoline = module.HEAPU32[at >>> 2] ?? 0;
    module.HEAPU8.set(snapshot);
    module.HEAPU32[at >>> 2] = trampoline;
  }

  #prepare(source: string): void {
    const module = this.#module;
    hideModules(module);
    const text = this.#cText(source);
    const failed = module._PyRun_SimpleString(text) !== 0;
    module._free(text);
    if (failed) throw new Error(`The interpreter could not be prepared. ${this.streams.errors}`);
  }

  #find([moduleName, name]: readonly [string, string]): number {
    const module = this.#module;
    const names = [this.#cText(moduleName), this.#cText(name)] as const;
    const found = module._PyObject_GetAttrString(module._PyImport_ImportModule(names[0]), names[1]);
    for (const pointer of names) module._free(pointer);
    if (found === 0) throw new Error(`There is no ${moduleName}.${name}`);
    return found;
  }

  #cText(text: string): number {
    const bytes = new TextEncoder().encode(text);
    const pointer = this.#module._malloc(bytes.length + 1);
    this.#module.HEAPU8.set(bytes, pointer);
    this.#module.HEAPU8[pointer + bytes.length] = 0;
    return pointer;
  }

  #newText(text: string): number {
    const bytes = new TextEncoder().encode(text);
    const pointer = this.#cText(text);
    const object = this.#module._PyUnicode_FromStringAndSize(pointer, bytes.length);
    this.#module._free(pointer);
    return object;
  }

  #readText(object: number): string {
    const module = this.#module;
    const size = module._malloc(4);
    const pointer = module._PyUnicode_AsUTF8AndSize(object, size);
    const length = module.HEAPU32[size >>> 2] ?? 0;
    module._free(size);
    if (pointer === 0) throw new Error("The Python half gave no text");
    return new TextDecoder().decode(module.HEAPU8.subarray(pointer >>> 0, (pointer >>> 0) + length));
  }
}

function settings(
  wasm: WebAssembly.Module,
  stdlib: Uint8Array,
  streams: StandardStreams,
  fromSnapshot: boolean,
  onTick: () => void,
): PyodideSettings {
  const marker = Symbol("error");
  return {
    API: { config: { jsglobals: {}, packages: [] }, runtimeEnv: { IN_BROWSER: true, IN_BROWSER_WEB_WORKER: true } },
    noInitialRun: fromSnapshot,
    noFSInit: true,
    preRun: [
      (module) => {
        module.FS.mkdirTree("/lib/python3.14/lib-dynload");
        module.FS.mkdirTree(HOME);
        module.FS.writeFile(STDLIB, stdlib);
        module.FS.chdir(HOME);
        Object.assign(module.ENV, { HOME, PYTHONHASHSEED: "0", PYTHONINSPECT: "1", PYTHONDONTWRITEBYTECODE: "1" });
        streams.install(module.FS);
      },
    ],
    instantiateWasm: (imports, receive) => {
      // A marker for errors, which only Pyodide's bridge to JavaScript would use.
      imports.env.Jsv_GetError_import = () => marker;
      imports.env.JsvError_Check = (value: unknown) => value === marker;
      WebAssembly.instantiate(wasm, imports).then((instance) => receive(instance, wasm));
      return {};
    },
    print: () => {},
    printErr: () => {},
    thisProgram: "python",
    arguments: [],
    locateFile: (name) => name,
    beforeGrow: (bytes) => {
      if (bytes > MEMORY_LIMIT) throw new Stop("memory");
    },
    onTick,
  };
}
