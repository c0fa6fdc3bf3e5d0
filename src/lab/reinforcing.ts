import type { SearchClient } from "../rpc/run-workers";
import type { ReinforceWork } from "../rpc/search";
import type { ReinforceEnd, ReinforceRecord } from "../selfplay/reinforce/loop";
import { resultOf } from "./evaluating";

/** A policy that is to learn from paths of its own; the part that it goes on from is in base64, null at the beginning. */
export interface ReinforcingWork extends Omit<ReinforceWork, "part"> {
  readonly part: string | null;
}

/** Has it learn. `tell` gets each record as JSON, a part's file in base64. */
export function reinforceIn(
  search: SearchClient,
  { part, ...work }: ReinforcingWork,
  onPreparation: Parameters<SearchClient["reinforce"]>[2],
  tell: (record: string) => void,
): Promise<ReinforceEnd> {
  const told = (record: ReinforceRecord) =>
    record.type === "part" ? { ...record, file: toBase64(record.file) } : record;
  const file = part === null ? null : fromBase64(part);
  return resultOf(search.reinforce(0, { ...work, part: file }, onPreparation), (record) =>
    tell(JSON.stringify(told(record))),
  );
}

/** The bytes that a text in base64 stands for. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
}

/** Bytes that are made a text at once: a call takes only so many arguments. */
const AT_ONCE = 0x8000;

function toBase64(bytes: Uint8Array): string {
  const texts: string[] = [];
  for (let from = 0; from < bytes.length; from += AT_ONCE) {
    texts.push(String.fromCharCode(...bytes.subarray(from, from + AT_ONCE)));
  }
  return btoa(texts.join(""));
}
