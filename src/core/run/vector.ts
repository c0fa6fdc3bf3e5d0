/** Bits of an index that one level of the tree takes: every branch has up to 32 slots. */
const BITS = 5;
const WIDTH = 1 << BITS;
const MASK = WIDTH - 1;

/** Whoever may change a branch in place: one editor between two of its vectors. */
interface Owner {
  readonly owner?: never;
}

/** A piece of the tree: a leaf has items and no branches, any other branches and no items. */
interface Branch<T> {
  readonly owner: Owner;
  readonly items: T[];
  readonly branches: Branch<T>[];
}

/** What a vector and its editor can both be asked. */
export interface Indexed<T> {
  readonly length: number;
  /** The item at an index; undefined where there is none. */
  get(index: number): T | undefined;
}

function leafOf<T>(root: Branch<T>, shift: number, index: number): readonly T[] {
  let at: Branch<T> | undefined = root;
  for (let level = shift; level > 0; level -= BITS) at = at?.branches[(index >>> level) & MASK];
  return at?.items ?? [];
}

function itemAt<T>(root: Branch<T>, shift: number, length: number, index: number): T | undefined {
  // Only whole numbers from 0 to 2^32 - 1 are what `>>> 0` makes of them.
  if (index >>> 0 !== index || index >= length) return undefined;
  return leafOf(root, shift, index)[index & MASK];
}

/**
 * A list that never changes, and whose changed copies share all but what has changed with it (the persistent vector of
 * Clojure; Bagwell and Rompf 2011, "RRB-Trees", section 2): an item is read, replaced or appended in O(log32 n).
 */
export class Vector<T> implements Indexed<T>, Iterable<T> {
  /** Made by {@link Vector.of}, {@link Vector.from} and editors only. */
  constructor(
    private readonly root: Branch<T>,
    /** Bits of an index below the root's. */
    private readonly shift: number,
    readonly length: number,
  ) {}

  private static readonly empty = new Vector<never>({ owner: {}, items: [], branches: [] }, 0, 0);

  /** These items, in order. */
  static of<T>(...items: readonly T[]): Vector<T> {
    return Vector.from(items);
  }

  /** @see {@link Vector.of} */
  static from<T>(items: Iterable<T>): Vector<T> {
    const editor = (Vector.empty as Vector<T>).edit();
    for (const item of items) editor.push(item);
    return editor.vector();
  }

  get(index: number): T | undefined {
    return itemAt(this.root, this.shift, this.length, index);
  }

  /** A copy with one more item at its end. */
  push(item: T): Vector<T> {
    const editor = this.edit();
    editor.push(item);
    return editor.vector();
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let start = 0; start < this.length; start += WIDTH) yield* leafOf(this.root, this.shift, start);
  }

  /** For many changes at once: what the editor has copied already it changes in place. */
  edit(): VectorEditor<T> {
    return new VectorEditor(this, this.root, this.shift);
  }
}

/** A vector that is being changed (a transient, in Clojure's words). The vectors it has given out stay as they are. */
export class VectorEditor<T> implements Indexed<T> {
  private owner: Owner = {};
  private size: number;

  /** @see {@link Vector.edit} */
  constructor(
    /** The vector that this is, as long as nothing has changed. */
    private given: Vector<T> | null,
    private root: Branch<T>,
    private shift: number,
  ) {
    this.size = given?.length ?? 0;
  }

  get length(): number {
    return this.size;
  }

  get(index: number): T | undefined {
    return itemAt(this.root, this.shift, this.size, index);
  }

  /** @throws RangeError when there is no item at the index. */
  set(index: number, item: T): void {
    if (index >>> 0 !== index || index >= this.size) throw new RangeError(`There is no item ${index}.`);
    this.ownLeaf(index).items[index & MASK] = item;
  }

  push(item: T): void {
    if (this.size === WIDTH << this.shift) {
      this.root = { owner: this.owner, items: [], branches: [this.root] };
      this.shift += BITS;
    }
    this.ownLeaf(this.size).items.push(item);
    this.size += 1;
  }

  /** What it is now. Further changes copy again. */
  vector(): Vector<T> {
    if (this.given === null) {
      this.given = new Vector(this.root, this.shift, this.size);
      this.owner = {};
    }
    return this.given;
  }

  /** The leaf of an index, all the way down to it owned by this editor. */
  private ownLeaf(index: number): Branch<T> {
    this.given = null;
    let at = this.own(this.root);
    this.root = at;
    for (let level = this.shift; level > 0; level -= BITS) {
      const slot = (index >>> level) & MASK;
      const next = this.own(at.branches[slot]);
      at.branches[slot] = next;
      at = next;
    }
    return at;
  }

  private own(branch: Branch<T> | undefined): Branch<T> {
    if (branch?.owner === this.owner) return branch;
    return { owner: this.owner, items: [...(branch?.items ?? [])], branches: [...(branch?.branches ?? [])] };
  }
}
