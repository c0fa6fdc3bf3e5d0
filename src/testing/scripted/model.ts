import { MARKERS } from "../../core/protocol/tiny";
import { createRandom, deriveSeed } from "../../core/rng";
import type { Completion, PolicyModel, Prompt, SampleRequest } from "../../ports/policy-model";

/** A text the model is to say; every token has the log-probability `logProb` (-1 when not given). */
export interface ScriptedText {
  readonly text: string;
  readonly logProb?: number;
}

/** What the scripted model says: completion number `index` of a request. */
export type Script = (request: SampleRequest, index: number) => ScriptedText;

const TOKEN = new RegExp(`${Object.values(MARKERS).join("|")}|\\s*\\w+|[\\s\\S]`, "g");

/** A prompt as one text; of a conversation, all that was said. */
function textOf(prompt: Prompt): string {
  return typeof prompt === "string" ? prompt : prompt.map(({ content }) => content).join("\n");
}

/** Cuts a text at the first stop marker or the token limit, as a model would have ended there. */
function complete({ text, logProb = -1 }: ScriptedText, { stop, maxTokens }: SampleRequest): Completion {
  const pieces: string[] = [];
  let finish: Completion["finish"] = "stop";
  for (const piece of text.match(TOKEN) ?? []) {
    if (pieces.length === maxTokens) {
      finish = "length";
      break;
    }
    pieces.push(piece);
    if (stop.includes(piece)) break;
  }
  return { text: pieces.join(""), tokens: pieces.length, logProbs: pieces.map(() => logProb), pieces, finish };
}

/** A policy that says what a script tells it: for golden-tree tests and for work on the interface. */
export function createScriptedModel(script: Script): PolicyModel {
  return {
    info: { id: "scripted", backend: "scripted", contextLength: 4096 },
    sample: (requests) =>
      Promise.resolve(
        requests.map((request) => {
          const promptTokens = textOf(request.prompt).match(TOKEN)?.length ?? 0;
          const completions = Array.from({ length: request.count }, (_, index) =>
            complete(script(request, index), request),
          );
          return { completions, promptTokens, prefilledTokens: promptTokens };
        }),
      ),
  };
}

/** Texts by the end of the prompt they answer (the longest key that fits). Successive draws go through a list again and again. */
export type ScriptTable = Readonly<Record<string, readonly (string | ScriptedText)[]>>;

function lookUp(table: ScriptTable, prompt: string): { readonly key: string; readonly texts: readonly ScriptedText[] } {
  const keys = Object.keys(table).filter((key) => prompt.endsWith(key));
  const key = keys.sort((a, b) => b.length - a.length)[0];
  const texts = key === undefined ? [] : (table[key] ?? []);
  if (key === undefined || texts.length === 0)
    throw new RangeError(`The script has nothing to say to: ...${prompt.slice(-80)}`);
  return { key, texts: texts.map((entry) => (typeof entry === "string" ? { text: entry } : entry)) };
}

/** Takes each list in turn: draw n of a key says its text n modulo the length of the list. Keeps count, so make one per run. */
export function inTurn(table: ScriptTable): Script {
  const draws = new Map<string, number>();
  return ({ prompt }) => {
    const { key, texts } = lookUp(table, textOf(prompt));
    const draw = draws.get(key) ?? 0;
    draws.set(key, draw + 1);
    return texts[draw % texts.length] ?? { text: "" };
  };
}

/** Draws from each list at random, by the request's seed. */
export function atRandom(table: ScriptTable): Script {
  return ({ prompt, seed }, index) => createRandom(deriveSeed(seed, index)).pick(lookUp(table, textOf(prompt)).texts);
}
