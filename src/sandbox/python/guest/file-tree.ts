import type { FileNode, FileSystem } from "./emscripten.ts";
import { Stop } from "./stop.ts";

/** Bytes that one program may write to files, all in all. */
const FILES_LIMIT = 64 * 2 ** 20;

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
  #written = 0;

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
    this.#written = 0;
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

  /** Files and pipes lie outside the interpreter's memory, so they have a limit of their own. */
  #limit(): void {
    const { MEMFS } = this.#fs.filesystems;
    const { expandFileStorage, resizeFileStorage } = MEMFS;
    const { write } = this.#fs;
    const within = (bytes: number): void => {
      if (bytes > FILES_LIMIT) throw new Stop("memory");
    };
    this.#fs.write = (stream, memory, offset, length, ...more) => {
      this.#written += length;
      within(this.#written);
      return write.call(this.#fs, stream, memory, offset, length, ...more);
    };
    MEMFS.expandFileStorage = (node, capacity) => {
      within(capacity);
      expandFileStorage(node, capacity);
    };
    MEMFS.resizeFileStorage = (node, size) => {
      this.#written += size;
      within(this.#written);
      resizeFileStorage(node, size);
    };
  }
}

const copyOf = (contents: NonNullable<FileNode["contents"]>): NonNullable<FileNode["contents"]> =>
  contents instanceof Uint8Array ? contents.slice() : { ...contents };
