/**
 * A trained model as other tools have it: a folder in Hugging Face's form (config.json, tokenizer.json, model.safetensors) with its
 * training record, and that folder as a zip.
 */
import { unzip, zip } from "fflate";
import { LabError } from "../core/errors";
import { MARKERS } from "../core/protocol/tiny";
import { parseModelConfig, toHuggingFaceConfig } from "../model/network/config";
import { parameterCount } from "../model/network/parameters";
import { FILE_WORDS, type FileKind, fileKind } from "./file-kind";
import { type ModelRecord, parseJson, readModel, type TrainedModel } from "./model-file";

/** Files by their names. */
export type Folder = Readonly<Record<string, Uint8Array>>;

/** Most bytes that a zip may hold unpacked: far more than a model of this app has. */
const MOST_BYTES = 500_000_000;

const encode = (text: string) => new TextEncoder().encode(text);
const asJson = (value: unknown) => encode(`${JSON.stringify(value, null, 2)}\n`);

/**
 * The folder of a model.
 * @param file as `writeModel` gives it.
 * @param tokenizer the text of its `tokenizer.json`.
 * @param more what the training record is to tell besides.
 */
export function modelFolder(
  record: ModelRecord,
  file: Uint8Array,
  tokenizer: string,
  more: Readonly<Record<string, unknown>> = {},
): Folder {
  const ends = endIds(tokenizer);
  return {
    "config.json": asJson({ ...toHuggingFaceConfig(record.config), ...ends }),
    "generation_config.json": asJson(ends),
    "tokenizer.json": encode(plainMarkers(tokenizer)),
    "tokenizer_config.json": asJson({
      tokenizer_class: "PreTrainedTokenizerFast",
      model_max_length: record.config.max_position_embeddings,
      bos_token: null,
      eos_token: MARKERS.eos,
      unk_token: "?",
      add_bos_token: false,
      add_eos_token: false,
      clean_up_tokenization_spaces: false,
    }),
    "model.safetensors": file,
    "training-record.json": asJson({ ...record, parameters: parameterCount(record.config), ...more }),
  };
}

/** What ends a text. Nothing begins one: prompts bring their own marker. Without it, transformers take the ids of Llama's. */
function endIds(tokenizer: string): object {
  const ids = addedTokens(parseJson(tokenizer)).filter(({ content }) => content === MARKERS.eos);
  return { bos_token_id: null, eos_token_id: ids[0]?.id ?? null };
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
}

function addedTokens(tokenizer: unknown): readonly AddedToken[] {
  const { added_tokens } = (tokenizer ?? {}) as { added_tokens?: readonly AddedToken[] };
  return Array.isArray(added_tokens) ? added_tokens : [];
}

/**
 * A `tokenizer.json` in which the markers of steps are text, which other tools do not drop when they decode; only what ends a text is
 * special.
 */
function plainMarkers(tokenizer: string): string {
  const json = parseJson(tokenizer);
  if (typeof json !== "object" || json === null) return tokenizer;
  const added = addedTokens(json).map((token) => ({ ...token, special: token.content === MARKERS.eos }));
  return `${JSON.stringify({ ...json, ...(added.length > 0 ? { added_tokens: added } : {}) }, null, 1)}\n`;
}

/** A folder as a zip; the same bytes for the same files. */
export function zipFolder(folder: Folder): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    zip(folder, { level: 6, mtime: "1980-01-01T00:00:00" }, (error, bytes) => {
      if (error) reject(error);
      else resolve(new Uint8Array(bytes));
    });
  });
}

/**
 * A zip's files, whatever folder they are in.
 * @throws LabError `input/not-a-zip`
 */
export function unzipFolder(bytes: Uint8Array): Promise<Folder> {
  let left = MOST_BYTES;
  return new Promise((resolve, reject) => {
    const fits = ({ originalSize }: { readonly originalSize: number }) => {
      left -= originalSize;
      return left >= 0;
    };
    unzip(bytes, { filter: fits }, (error, files) => {
      if (error) reject(notAZip(bytes));
      else
        resolve(Object.fromEntries(Object.entries(files).map(([path, file]) => [path.split("/").at(-1) ?? "", file])));
    });
  });
}

/** Where what is no zip belongs. */
const BELONGS: Partial<Record<FileKind, string>> = {
  lines: "If it is a data set, import it as one.",
  weights: "Put it into a zip, with config.json and tokenizer.json beside it if there are any.",
};

function notAZip(bytes: Uint8Array): LabError {
  const kind = fileKind(bytes);
  if (kind === "zip") {
    return new LabError("input/not-a-zip", "The zip is cut off or damaged.", "Save it or send it once more.");
  }
  const hint = BELONGS[kind] ?? "It belongs nowhere here.";
  return new LabError("input/not-a-zip", FILE_WORDS[kind], `${hint} A checkpoint is a zip, as it was saved.`);
}

/**
 * The model in a folder, which must be one that this app has exported, for the tokenizer that it has now.
 * @param tokenizer the app's `tokenizer.json`.
 * @throws LabError `input/not-a-model`, `model/other-tokenizer`, `model/*`: what is wrong with which file.
 */
export async function readModelFolder(folder: Folder, tokenizer: string): Promise<TrainedModel & { file: Uint8Array }> {
  const { "model.safetensors": file, "tokenizer.json": theirs, "config.json": config } = folder;
  if (!file) {
    throw new LabError(
      "input/not-a-model",
      "There is no model.safetensors in it.",
      "Take a zip that this app has exported, or a folder that lab train has written.",
    );
  }
  const model = await readModel(file);
  const decode = (bytes: Uint8Array) => parseJson(new TextDecoder().decode(bytes));
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  // Which tokens are special only tells other tools what to drop: folders of before say it of all markers.
  const plain = (text: string) => parseJson(plainMarkers(text));
  if (theirs && !same(plain(new TextDecoder().decode(theirs)), plain(tokenizer))) {
    throw new LabError(
      "model/other-tokenizer",
      "The checkpoint was trained with another tokenizer than this app has.",
      "Open it with the version of the app that made it.",
    );
  }
  if (config && !same(parseModelConfig(decode(config)), model.record.config)) {
    throw new LabError(
      "model/weights-mismatch",
      "config.json and model.safetensors are of different models.",
      "Keep the files of one checkpoint together.",
    );
  }
  return { ...model, file };
}
