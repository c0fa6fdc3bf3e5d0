import { Gunzip } from "fflate";
import { LabError } from "../core/errors";

/**
 * The content of a gzip file, as it comes.
 * @param name for people.
 * @throws LabError `input/truncated` or `input/gzip`, after all that could be unpacked.
 */
export async function* unzipped(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const gunzip = new Gunzip((data) => {
    if (data.length > 0) ready.push(data);
  });
  try {
    for await (const chunk of chunks) {
      gunzip.push(chunk);
      yield* ready.splice(0);
    }
    gunzip.push(new Uint8Array(0), true);
  } catch (thrown) {
    yield* ready.splice(0);
    throw gzipError(thrown, name);
  }
  yield* ready;
}

function gzipError(thrown: unknown, name: string): unknown {
  if (!(thrown instanceof Error) || !("code" in thrown)) return thrown;
  return /EOF/.test(thrown.message)
    ? new LabError("input/truncated", `${name} ends before its content does.`, "Fetch the file again.")
    : new LabError("input/gzip", `${name} is a damaged gzip file.`, "Fetch the file again.");
}
