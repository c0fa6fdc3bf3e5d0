import { Gunzip } from "fflate";
import { LabError } from "../core/errors";

/**
 * The content of a gzip file, as it comes.
 * @param name for people.
 * @throws LabError `input/truncated` or `input/gzip`, after all that could be unpacked.
 */
export async function* unzipped(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const trailer = new Trailer();
  const gunzip = new Gunzip((data) => {
    trailer.unpacked(data.length);
    if (data.length > 0) ready.push(data);
  });
  gunzip.onmember = () => trailer.begin();
  try {
    for await (const chunk of chunks) {
      trailer.packed(chunk);
      gunzip.push(chunk);
      yield* ready.splice(0);
    }
    gunzip.push(new Uint8Array(0), true);
  } catch (thrown) {
    yield* ready.splice(0);
    throw gzipError(thrown, name);
  }
  yield* ready;
  if (!trailer.holds()) throw truncated(name);
}

/**
 * The last four bytes of a gzip file are the length of its content, modulo 2^32. fflate does not look at them and takes
 * a file that breaks off between two symbols for a whole one.
 */
class Trailer {
  private tail: readonly number[] = [];
  private length = 0;

  /** Another member of the same file begins: the trailer is the last one's. */
  begin(): void {
    this.length = 0;
  }

  packed(chunk: Uint8Array): void {
    this.tail = [...this.tail, ...chunk.subarray(-4)].slice(-4);
  }

  unpacked(bytes: number): void {
    this.length = (this.length + bytes) % 2 ** 32;
  }

  holds(): boolean {
    return this.tail.reduceRight((sum, byte) => sum * 256 + byte, 0) === this.length;
  }
}

function gzipError(thrown: unknown, name: string): unknown {
  if (!(thrown instanceof Error) || !("code" in thrown)) return thrown;
  if (/EOF/.test(thrown.message)) return truncated(name);
  return new LabError("input/gzip", `${name} is a damaged gzip file.`, "Fetch the file again.");
}

function truncated(name: string): LabError {
  return new LabError("input/truncated", `${name} ends before its content does.`, "Fetch the file again.");
}
