import { OUTPUT_LIMIT } from "../../frame/wire.ts";
import type { FileNode, FileSystem } from "./emscripten.ts";
import { FILES_LIMIT, Stop } from "./limits.ts";

/*
 * The files of an interpreter, which are not in its memory: what rewinds that does not rewind them, so they are put back
 * here, and limited.
 */

interface Entry {
  readonly node: FileNode;
  readonly name: string;
  readonly parent: FileNode;
  readonly mode: number;
  readonly contents: FileNode["contents"] | undefined;
  readonly usedBytes: number;
}

/** The tree of files as it was, to be put back after a program. */
export class FileTree {
  readonly #fs: FileSystem;
  readonly #stdlib: FileNode;
  readonly #pristine: Uint8Array;
  #entries: readonly Entry[] = [];
  #folder = "/";
  /** Bytes that the program's files take, and all that it wrote into pipes. */
  #held = 0;
  readonly #sizes = new Map<FileNode, number>();

  /** @param pristine the bytes of the file `stdlib`; nobody else may hold them. */
  constructor(fs: FileSystem, stdlib: FileNode, pristine: Uint8Array) {
    this.#fs = fs;
    this.#stdlib = stdlib;
    this.#pristine = pristine;
    this.#limit();
  }

  keep(): void {
    const entries: Entry[] = [];
    for (let node of this.#fs.nameTable) {
      // The last of a chain was the first to be added.
      const chain: FileNode[] = [];
      for (; node; node = node.name_next) chain.unshift(node);
      entries.push(...chain.map((one) => this.#entry(one)));
    }
    this.#entries = entries;
    this.#folder = this.#fs.currentPath;
  }

  /** Closes all files, too: no stream is left. */
  rewind(): void {
    const fs = this.#fs;
    fs.nameTable.fill(undefined);
    for (const { node, name, parent, mode, usedBytes, contents } of this.#entries) {
      Object.assign(node, { name, parent, mode, usedBytes });
      if (node === this.#stdlib) this.#rewriteStdlib();
      else if (contents) node.contents = copyOf(contents);
      fs.hashAddNode(node);
    }
    fs.currentPath = this.#folder;
    fs.streams = [];
    this.#held = 0;
    this.#sizes.clear();
  }

  #entry(node: FileNode): Entry {
    const { name, parent, mode, usedBytes, contents } = node;
    const kept = node === this.#stdlib || !contents ? contents : copyOf(contents);
    return { node, name, parent, mode, usedBytes, contents: kept };
  }

  #rewriteStdlib(): void {
    const node = this.#stdlib;
    const bytes = node.contents as Uint8Array;
    if (bytes.length === this.#pristine.length) bytes.set(this.#pristine);
    else node.contents = this.#pristine.slice();
    node.usedBytes = this.#pristine.length;
  }

  /**
   * Files and pipes lie outside the interpreter's memory, so they have a limit of their own. What counts is how long a file is, not
   * what was written: one with a hole takes memory for all of it.
   */
  #limit(): void {
    const fs = this.#fs;
    const { MEMFS } = fs.filesystems;
    const { expandFileStorage, resizeFileStorage } = MEMFS;
    const { write, createNode } = fs;
    fs.write = (stream, memory, offset, length, ...more) => {
      const { node } = stream;
      if (fs.isFIFO(node.mode)) this.#take(length);
      // The first bytes of a file become its storage as they are.
      else if (fs.isFile(node.mode) && node.usedBytes === 0) this.#resize(node, length);
      return write.call(fs, stream, memory, offset, length, ...more);
    };
    fs.createNode = (...given) => {
      this.#take(NODE_BYTES);
      return createNode.apply(fs, given);
    };
    MEMFS.expandFileStorage = (node, capacity) => {
      this.#resize(node, Math.max(capacity, node.usedBytes));
      expandFileStorage(node, capacity);
    };
    MEMFS.resizeFileStorage = (node, size) => {
      this.#resize(node, size);
      resizeFileStorage(node, size);
    };
  }

  #resize(node: FileNode, size: number): void {
    const before = this.#sizes.get(node) ?? node.usedBytes;
    this.#take(size - before);
    this.#sizes.set(node, size);
  }

  #take(bytes: number): void {
    if (this.#held + bytes > FILES_LIMIT) throw new Stop("memory");
    this.#held = Math.max(0, this.#held + bytes);
  }
}

/** What a file or a folder takes without its content: a block, as on a disk. */
const NODE_BYTES = 4_096;

const copyOf = (contents: NonNullable<FileNode["contents"]>): NonNullable<FileNode["contents"]> =>
  contents instanceof Uint8Array ? contents.slice() : { ...contents };

/**
 * The streams 0, 1 and 2 of an interpreter. Standard input is a file, because programs ask for its size and read it at
 * once (`os.read(0, os.fstat(0).st_size)`); what is written is collected and limited here, out of a program's reach.
 */
export class StandardStreams {
  #fs!: FileSystem;
  #stdin!: FileNode;
  #pieces: Uint8Array[] = [];
  #errors: Uint8Array[] = [];
  #written = 0;

  /** Makes and opens the streams, before the interpreter starts. */
  install(fs: FileSystem): void {
    this.#fs = fs;
    fs.writeFile("/dev/stdin", new Uint8Array(0));
    this.#stdin = fs.lookupPath("/dev/stdin").node;
    this.#sink("/dev/stdout", 0, this.#pieces);
    this.#sink("/dev/stderr", 1, this.#errors);
    fs.initialized = true;
    this.#open();
  }

  /** Sets what standard input holds. */
  feed(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#stdin.contents = bytes;
    this.#stdin.usedBytes = bytes.length;
  }

  /** What was written to standard output since the last rewind. */
  get output(): string {
    return textOf(this.#pieces);
  }

  /** What was written to standard error since the last rewind. */
  get errors(): string {
    return textOf(this.#errors);
  }

  /** Forgets what was written. */
  clear(): void {
    this.#pieces.length = 0;
    this.#errors.length = 0;
    this.#written = 0;
  }

  /** Opens the streams anew, after the tree of files was rewound. */
  rewind(): void {
    this.clear();
    this.#open();
  }

  #open(): void {
    this.#fs.open("/dev/stdin", READ);
    this.#fs.open("/dev/stdout", WRITE);
    this.#fs.open("/dev/stderr", WRITE);
  }

  #sink(path: string, minor: number, pieces: Uint8Array[]): void {
    const device = this.#fs.makedev(MAJOR, minor);
    this.#fs.registerDevice(device, {
      write: (_, memory, offset, length) => {
        this.#written += length;
        if (this.#written > OUTPUT_LIMIT) throw new Stop("output-limit");
        pieces.push(new Uint8Array(memory.buffer, memory.byteOffset + offset, length).slice());
        return length;
      },
    });
    this.#fs.mkdev(path, device);
  }
}

const READ = 0;
const WRITE = 1;
const MAJOR = 200;

function textOf(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
}
