import type { Tier } from "../core/problem";

/** What the lines of a data set are: trees of reasoning data, or records in one of TRL's shapes. */
export type DatasetKind = "trees" | "completion" | "preference" | "stepwise";

/** How a data set is made in this app, as a person has set it up. */
export interface DatasetRecipe {
  /** `trees`: tree search on training puzzles. The others are preferences of the test-case generator; see `TestPair`. */
  readonly source: "trees" | "exchanged" | "drawn";
  /** What is asked: `tiny`, `tiny@<checkpoint id>`. */
  readonly model: string;
  readonly tier: Tier | "all";
  /** Puzzles that are asked about, at least 1. */
  readonly problems: number;
  /** Of each search, at least 1; of no meaning to pairs. */
  readonly simulations: number;
  readonly seed: number;
}

/** How much is in a data set. */
export interface DatasetCounts {
  readonly lines: number;
  /** Problems that are done. */
  readonly problems: number;
  /** Of trees: problems with a passing program, steps, passing paths (D+), and sampled tokens that they cost. */
  readonly solved: number;
  readonly nodes: number;
  readonly paths: number;
  readonly tokens: number;
}

/** A data set that is kept, or on its way. */
export interface KeptDataset {
  /** In this browser. */
  readonly id: string;
  /** For people. */
  readonly title: string;
  readonly kind: DatasetKind;
  /** Null for one that came as a file. */
  readonly recipe: DatasetRecipe | null;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly counts: DatasetCounts;
  /** 16 hexadecimal digits of its lines: the same wherever it is. Null until it is complete. */
  readonly content: string | null;
  /** A person has paused it; otherwise one that is not complete has been broken off, and goes on. */
  readonly isPaused: boolean;
}

/** A line, and how much a data set grows by it. */
export interface DatasetLine extends Omit<DatasetCounts, "lines"> {
  readonly text: string;
}

/** The data sets of this browser. */
export interface DatasetStore {
  /** The newest first. */
  list(): Promise<readonly KeptDataset[]>;
  /** Begins an empty one. @throws LabError `storage/*`. */
  create(about: Pick<KeptDataset, "title" | "kind" | "recipe">): Promise<KeptDataset>;
  /** Adds lines behind those that are there, all at once or not at all; to one that was removed, nothing. @throws LabError `storage/*`. */
  add(id: string, lines: readonly DatasetLine[]): Promise<KeptDataset | null>;
  note(id: string, notes: Partial<Pick<KeptDataset, "content" | "isPaused">>): Promise<void>;
  /** In the order in which they came; `from` and `to` are places from 0, `to` not included. */
  lines(id: string, from?: number, to?: number): Promise<readonly string[]>;
  remove(id: string): Promise<void>;
  /** Takes a data set for this tab, to add to it; null when another one has it. What it returns gives it free. */
  claim(id: string): Promise<(() => void) | null>;
}
