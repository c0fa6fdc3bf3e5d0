import { LabError } from "../../core/errors";
import type { TinyModelFiles } from "./model";

/**
 * Fetches a model's files from a folder.
 * @param folder an address that ends with a slash.
 * @param report gets the share of the weights that has arrived, in [0, 1].
 * @throws LabError `model/unreachable`
 */
export async function fetchTinyModel(
  folder: string | URL,
  report?: (fraction: number) => void,
): Promise<TinyModelFiles> {
  const [config, tokenizer, weights] = await Promise.all([
    fetchFile(folder, "config.json").then(readJson),
    fetchFile(folder, "tokenizer.json").then(readJson),
    fetchFile(folder, "model.safetensors").then((response) => readBytes(response, report)),
  ]);
  return { config, tokenizer: tokenizer as object, weights };
}

async function fetchFile(folder: string | URL, name: string): Promise<Response> {
  const response = await fetch(new URL(name, folder)).catch(() => null);
  if (!response?.ok) throw unreachable(name);
  return response;
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw unreachable(new URL(response.url).pathname.split("/").at(-1) ?? "A file");
  }
}

async function readBytes(response: Response, report?: (fraction: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const total = Number(response.headers.get("Content-Length") ?? 0);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let received = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    chunks.push(part.value);
    received += part.value.length;
    if (total > 0) report?.(Math.min(1, received / total));
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function unreachable(name: string): LabError {
  return new LabError(
    "model/unreachable",
    `${name} of the tiny model could not be loaded.`,
    "Check the connection and reload the page; a copy of the app needs its models folder.",
  );
}
