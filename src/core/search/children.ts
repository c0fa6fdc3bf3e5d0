import type { SelectionRule } from "../config";
import type { NodeId } from "../run/events";
import { SELECTION_FORMULAS, SELECTION_LINES } from "./formulas";

/**
 * What a simulation that goes to a node can do there.
 * `ready`: draw, have a program judged, or (with progressive widening) visit once more so that it may draw later;
 * `busy`: nothing until other simulations are back; `judged`: it is a program whose reward is known, nothing new comes of it;
 * `closed`: nothing, for ever.
 */
export type Openness = "ready" | "busy" | "judged" | "closed";

/** Among which children to choose: the `ready`, those of them that nobody has visited, or the `judged`. */
export type Choice = "ready" | "unvisited" | "judged";

/** Children are looked at in blocks of this many. */
const BLOCK_SIZE = 64;

/** The most attractive child of a block as it was when the block was last gone through. No child has changed since. */
interface Peak {
  /** Its value; -Infinity where there is nothing to choose. */
  readonly value: number;
  /** The drive then (see `SelectionLine`), and the slopes between which those of all children lie. */
  readonly drive: number;
  readonly flattest: number;
  readonly steepest: number;
}

type Peaks = Readonly<Partial<Record<Choice, Peak>>>;

/** Of a block that has changed. */
const NO_PEAKS: Peaks = {};

/**
 * What selection looks at, of all children of a node: lists of the same order, as in mctx.
 *
 * With progressive widening there may be thousands, so a choice does not go through all of them. What a block can offer is bounded by what
 * it offered when it was last gone through and how much its steepest child has gained since; a block that cannot come up to the best found
 * so far is skipped. What is chosen, ties included, is what going through all would choose.
 */
export class Children {
  readonly ids: NodeId[] = [];
  /** N, virtual visits included. */
  readonly visits: number[] = [];
  /** W. */
  readonly values: number[] = [];
  /** What their priors are shares of (see `priorWeight`). */
  readonly weights: number[] = [];
  readonly openness: Openness[] = [];
  /** How many are `ready`, and how many `busy`. */
  ready = 0;
  busy = 0;
  /** The known peaks of each block. */
  private readonly peaks: Peaks[] = [];
  /** The sum of all weights before each block, as far as it is known. */
  private readonly weightsBefore: number[] = [0];

  constructor(private readonly rule: SelectionRule) {}

  /** Adds a child, which is `closed` at first. */
  add(id: NodeId, visits: number, value: number, weight: number): void {
    this.ids.push(id);
    this.visits.push(visits);
    this.values.push(value);
    this.weights.push(weight);
    this.openness.push("closed");
    this.forgetPeaks(this.ids.length - 1);
  }

  setVisits(index: number, visits: number, value: number): void {
    this.visits[index] = visits;
    this.values[index] = value;
    this.forgetPeaks(index);
  }

  setWeight(index: number, weight: number): void {
    this.weights[index] = weight;
    this.weightsBefore.length = Math.min(this.weightsBefore.length, blockOf(index) + 1);
    this.forgetPeaks(index);
  }

  setOpenness(index: number, openness: Openness): void {
    const before = this.openness[index];
    this.ready += Number(openness === "ready") - Number(before === "ready");
    this.busy += Number(openness === "busy") - Number(before === "busy");
    this.openness[index] = openness;
    this.forgetPeaks(index);
  }

  /** The indices, ascending, of all children that are the most attractive by the formula; none when there is nothing to choose. */
  mostAttractive(choice: Choice, parentVisits: number, c: number): readonly number[] {
    const totalWeight = this.rule === "puct" ? this.totalWeight() : 0;
    const drive = SELECTION_LINES[this.rule].drive(parentVisits, c, totalWeight);
    const best: Best = { value: Number.NEGATIVE_INFINITY, ties: [] };
    for (let block = 0; block < this.peaks.length; block++) {
      const peak = this.peaks[block]?.[choice];
      if (peak && isBelow(peak, drive, best.value)) continue;
      const found = this.goThrough(block, choice, { parentVisits, c, totalWeight, drive }, best);
      this.peaks[block] = { ...this.peaks[block], [choice]: found };
    }
    return best.ties;
  }

  /** Compares all children of a block with the best so far. Returns the block's peak. */
  private goThrough(
    block: number,
    choice: Choice,
    { parentVisits, c, totalWeight, drive }: Situation,
    best: Best,
  ): Peak {
    const formula = SELECTION_FORMULAS[this.rule];
    const { slope } = SELECTION_LINES[this.rule];
    // One object for all of them: there may be many.
    const child = { visitCount: 0, valueSum: 0, prior: 0 };
    let peak = Number.NEGATIVE_INFINITY;
    let flattest = Number.POSITIVE_INFINITY;
    let steepest = Number.NEGATIVE_INFINITY;
    const end = Math.min(this.ids.length, (block + 1) * BLOCK_SIZE);
    for (let index = block * BLOCK_SIZE; index < end; index++) {
      if (!this.mayChoose(index, choice)) continue;
      const weight = this.weights[index] ?? 0;
      child.visitCount = this.visits[index] ?? 0;
      child.valueSum = this.values[index] ?? 0;
      child.prior = totalWeight > 0 ? weight / totalWeight : 0;
      const value = formula(child, parentVisits, c);
      const own = slope(child.visitCount, weight);
      peak = Math.max(peak, value);
      flattest = Math.min(flattest, own);
      steepest = Math.max(steepest, own);
      if (value < best.value) continue;
      if (value > best.value) best.ties = [];
      best.value = value;
      best.ties.push(index);
    }
    return { value: peak, drive, flattest, steepest };
  }

  private mayChoose(index: number, choice: Choice): boolean {
    if (choice === "unvisited") return this.openness[index] === "ready" && this.visits[index] === 0;
    return this.openness[index] === choice;
  }

  /** Added from left to right, whatever of it is known already: another order would round differently, and hence search differently. */
  private totalWeight(): number {
    const { weights, weightsBefore } = this;
    let sum = weightsBefore[weightsBefore.length - 1] ?? 0;
    for (let index = (weightsBefore.length - 1) * BLOCK_SIZE; index < weights.length; index++) {
      if (blockOf(index) === weightsBefore.length) weightsBefore.push(sum);
      sum += weights[index] ?? 0;
    }
    return sum;
  }

  private forgetPeaks(index: number): void {
    this.peaks[blockOf(index)] = NO_PEAKS;
  }
}

/** What all children of a choice have in common. */
interface Situation {
  readonly parentVisits: number;
  readonly c: number;
  readonly totalWeight: number;
  readonly drive: number;
}

/** The largest value so far, and the children that have it. */
interface Best {
  value: number;
  ties: number[];
}

/** Far more than what rounding can make of a value. */
const MARGIN = 1e-9;

/** Whether all children of a block are certainly less attractive than `best`. Never certain where something is not a finite number. */
function isBelow({ value, drive: before, flattest, steepest }: Peak, drive: number, best: number): boolean {
  if (value === Number.NEGATIVE_INFINITY) return true;
  const gain = (drive - before) * (drive > before ? steepest : flattest);
  return value + gain + MARGIN * (1 + Math.abs(value) + Math.abs(gain)) < best;
}

function blockOf(index: number): number {
  return Math.floor(index / BLOCK_SIZE);
}
