/** A node of Emscripten's file tree. Folders hold their entries in `contents`, files their bytes. */
export interface FileNode {
  name: string;
  parent: FileNode;
  mode: number;
  usedBytes: number;
  /** Devices and links have none. */
  contents?: Record<string, FileNode> | Uint8Array;
  name_next?: FileNode | undefined;
}

/** An open file. */
export interface FileStream {
  position: number;
  node: FileNode;
}

/** What the files of a device do with a part of the interpreter's memory; both give the number of bytes. */
export interface DeviceOperations {
  write(stream: FileStream, memory: Int8Array, offset: number, length: number): number;
}

/** What is used of Emscripten's file system. */
export interface FileSystem {
  initialized: boolean;
  streams: FileStream[];
  nameTable: (FileNode | undefined)[];
  currentPath: string;
  readonly filesystems: {
    readonly MEMFS: {
      expandFileStorage(node: FileNode, capacity: number): void;
      resizeFileStorage(node: FileNode, size: number): void;
    };
  };
  write(stream: FileStream, memory: Int8Array, offset: number, length: number, ...more: unknown[]): number;
  createNode(parent: FileNode, name: string, mode: number, device: number): FileNode;
  isFile(mode: number): boolean;
  isFIFO(mode: number): boolean;
  mkdirTree(path: string): void;
  writeFile(path: string, data: Uint8Array, options?: { readonly canOwn?: boolean }): void;
  chdir(path: string): void;
  makedev(major: number, minor: number): number;
  registerDevice(device: number, operations: DeviceOperations): void;
  mkdev(path: string, device: number): void;
  open(path: string, flags: number): FileStream;
  hashAddNode(node: FileNode): void;
  lookupPath(path: string): { readonly node: FileNode };
}

type Pointer = number;

/**
 * What is used of the module that Pyodide's script makes, besides the three hooks that the build puts into it
 * (build/pyodide.ts).
 */
export interface PyodideModule {
  readonly FS: FileSystem;
  readonly ENV: Record<string, string>;
  readonly HEAPU8: Uint8Array;
  readonly HEAP32: Int32Array;
  readonly HEAPU32: Uint32Array;
  readonly memory: WebAssembly.Memory;
  readonly wasmTable: WebAssembly.Table;
  readonly ___stack_pointer: WebAssembly.Global;
  readonly __PyRuntime: Pointer;
  readonly __PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET: Pointer;
  readonly _Py_EMSCRIPTEN_SIGNAL_HANDLING: Pointer;
  readonly _PyList_Type: Pointer;
  readonly _PyTuple_Type: Pointer;
  readonly _PyDict_Type: Pointer;
  growMemory(bytes: number): 1 | undefined;
  _malloc(bytes: number): Pointer;
  _free(pointer: Pointer): void;
  _PyRun_SimpleString(text: Pointer): number;
  _PyImport_ImportModule(name: Pointer): Pointer;
  _PyObject_GetAttrString(object: Pointer, name: Pointer): Pointer;
  _PyObject_CallOneArg(callable: Pointer, argument: Pointer): Pointer;
  _PyObject_SetAttrString(object: Pointer, name: Pointer, value: Pointer): number;
  _PyCFunction_NewEx(definition: Pointer, self: Pointer, module: Pointer): Pointer;
  _PyUnicode_FromStringAndSize(text: Pointer, bytes: number): Pointer;
  _PyUnicode_AsUTF8AndSize(object: Pointer, size: Pointer): Pointer;
  _PyErr_Print(): void;
  _PyErr_Clear(): void;
  __Py_DecRef(object: Pointer): void;
}

/** The settings that the script is called with. */
export interface PyodideSettings {
  readonly API: object;
  readonly noInitialRun: boolean;
  /** Then the standard streams are up to us. */
  readonly noFSInit: true;
  readonly preRun: readonly ((module: PyodideModule) => void)[];
  readonly instantiateWasm: (
    imports: WebAssembly.Imports & { readonly env: Record<string, WebAssembly.ImportValue> },
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => object;
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
  readonly thisProgram: string;
  readonly arguments: readonly string[];
  readonly locateFile: (name: string) => string;
  /** Hook: called before the memory grows to so many bytes; throws to end the program. */
  readonly beforeGrow: (bytes: number) => void;
  /** Hook: called every so many bytecode instructions; throws to end the program. */
  readonly onTick: () => void;
}

export type CreatePyodideModule = (settings: PyodideSettings) => Promise<PyodideModule>;

declare global {
  namespace WebAssembly {
    /** Of JavaScript Promise Integration; not everywhere. */
    const promising: ((call: (...words: number[]) => number) => (...words: number[]) => Promise<number>) | undefined;
    /** The same: an import that makes its caller wait for a promise. */
    const Suspending: (new (call: (...words: number[]) => Promise<number>) => ImportValue & object) | undefined;
  }
}
