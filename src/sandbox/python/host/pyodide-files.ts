import { z } from "zod";
import { LabError } from "../../../core/errors";
import type { Preparation } from "../../../ports/experiment-runner";
import type { RealmFiles } from "../wire";

const MANIFEST = z.object({
  version: z.string().regex(/^[0-9a-f]+$/),
  /** Of each file as it is served. */
  bytes: z.object({ script: z.int(), wasm: z.int(), stdlib: z.int(), snapshot: z.int() }),
});
type Name = keyof z.infer<typeof MANIFEST>["bytes"];

/**
 * Downloads what Python realms are made of, from `pyodide/` beside the app.
 * @param baseUrl where the app lies, with a slash at its end.
 * @throws LabError `sandbox/no-python` when they cannot be had.
 */
export async function fetchPyodideFiles(
  baseUrl: string,
  onPreparation: (preparation: Preparation) => void,
): Promise<RealmFiles> {
  const folder = new URL("pyodide/", baseUrl);
  const manifest = await fetchManifest(new URL("manifest.json", folder));
  const progress = new Progress(
    Object.values(manifest.bytes).reduce((sum, bytes) => sum + bytes, 0),
    onPreparation,
  );
  const load = async (name: Name): Promise<ArrayBuffer> => {
    const response = await get(new URL(`${name}.bin?v=${manifest.version}`, folder), "force-cache");
    const counted = response.body?.pipeThrough(progress.meter());
    if (!counted) throw unavailable(response.url);
    const plain = name === "stdlib" ? counted : counted.pipeThrough(new DecompressionStream("gzip"));
    return new Response(plain).arrayBuffer();
  };
  const [script, wasm, stdlib, snapshot] = await Promise.all([
    load("script"),
    load("wasm"),
    load("stdlib"),
    load("snapshot"),
  ]);
  return { script, wasm, stdlib, snapshot };
}

async function fetchManifest(url: URL): Promise<z.infer<typeof MANIFEST>> {
  const response = await get(url, "no-cache");
  // Some servers answer with a page where there is no such file.
  const parsed = MANIFEST.safeParse(await response.json().catch(() => null));
  if (!parsed.success) throw unavailable(url.href);
  return parsed.data;
}

async function get(url: URL, cache: RequestCache): Promise<Response> {
  const response = await fetch(url, { cache }).catch(() => null);
  if (!response?.ok) throw unavailable(url.href);
  return response;
}

class Progress {
  readonly #totalBytes: number;
  readonly #tell: (preparation: Preparation) => void;
  readonly #since = performance.now();
  #loadedBytes = 0;

  constructor(totalBytes: number, tell: (preparation: Preparation) => void) {
    this.#totalBytes = totalBytes;
    this.#tell = tell;
  }

  /** Counts what passes. */
  meter(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
    return new TransformStream({
      transform: (chunk, controller) => {
        this.#loadedBytes += chunk.length;
        controller.enqueue(chunk);
        this.#report();
      },
    });
  }

  #report(): void {
    const loadedBytes = Math.min(this.#loadedBytes, this.#totalBytes);
    const bytesPerSecond = (1000 * loadedBytes) / (performance.now() - this.#since);
    this.#tell({
      message: "Loading Python",
      fraction: loadedBytes / this.#totalBytes,
      download: {
        loadedBytes,
        totalBytes: this.#totalBytes,
        secondsLeft: bytesPerSecond > 0 ? (this.#totalBytes - loadedBytes) / bytesPerSecond : null,
      },
    });
  }
}

function unavailable(url: string): LabError {
  return new LabError(
    "sandbox/no-python",
    `Python could not be loaded: ${url} is not to be had.`,
    "Check the connection, and that the folder pyodide is served beside the app; then try again.",
  );
}
