import { parseModelRef } from "../../core/model-ref";
import type { ComparisonStrategy } from "./strategies";

/** A column of the paper's Table 1. */
export interface PaperRow {
  readonly model: string;
  readonly kind: "vanilla" | "pseudocode";
  /** In [0, 1]. */
  readonly passAt1: number;
  /** In [0, 1]. */
  readonly aspr: number;
}

/** Where {@link PAPER_TABLE_1} comes from. */
export const PAPER_SOURCE = "O1-CODER (Zhang et al. 2024, arXiv 2412.00154), Table 1: MBPP";

/**
 * The paper's Table 1: pseudocode-based code generation on MBPP, without and with define, refine, code. Its text speaks
 * of a regular chain of thought where the table says vanilla; ours is code at once. The paper gives no intervals, no
 * token counts, and not the number of problems.
 */
export const PAPER_TABLE_1: readonly PaperRow[] = [
  { model: "Qwen2.5-1.5B", kind: "vanilla", passAt1: 0.558, aspr: 0.499 },
  { model: "Qwen2.5-1.5B", kind: "pseudocode", passAt1: 0.467, aspr: 0.545 },
  { model: "Qwen2.5-3B", kind: "vanilla", passAt1: 0.563, aspr: 0.52 },
  { model: "Qwen2.5-3B", kind: "pseudocode", passAt1: 0.513, aspr: 0.706 },
  { model: "Qwen2.5-7B", kind: "vanilla", passAt1: 0.598, aspr: 0.664 },
  { model: "Qwen2.5-7B", kind: "pseudocode", passAt1: 0.501, aspr: 0.781 },
  { model: "Qwen2.5-Coder-7B", kind: "vanilla", passAt1: 0.577, aspr: 0.493 },
  { model: "Qwen2.5-Coder-7B", kind: "pseudocode", passAt1: 0.582, aspr: 0.749 },
];

/** What the paper calls the model that a reference names: size and family count, quantisation and tuning do not. */
function paperModelOf(reference: string): string | null {
  const ref = parseModelRef(reference);
  if (ref.engine === "tiny") return null;
  const name = ref.engine === "webllm" ? ref.id : ref.model;
  const [, coder = "", size] = /qwen2\.5(-coder)?-(\d+(?:\.\d+)?b)\b/i.exec(name) ?? [];
  return size === undefined ? null : `Qwen2.5${coder === "" ? "" : "-Coder"}-${size.toUpperCase()}`;
}

/**
 * The paper's own figures for a like model: for code at once, and for one sample with pseudocode. Null for all else.
 */
export function paperRowFor(model: string, strategy: ComparisonStrategy): PaperRow | null {
  const kind = strategy === "vanilla" ? "vanilla" : strategy === "sample" ? "pseudocode" : null;
  const name = paperModelOf(model);
  return PAPER_TABLE_1.find((row) => row.model === name && row.kind === kind) ?? null;
}
