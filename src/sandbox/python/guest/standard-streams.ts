import { OUTPUT_LIMIT } from "../../javascript/wire.ts";
import type { FileNode, FileSystem } from "./emscripten.ts";
import { Stop } from "./stop.ts";

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
