/**
 * Makes one slice of a store. `Seen` is the part of the state that the slice reads and changes, itself included; `World` is what
 * it needs of the outside. So a slice knows no more of the store than it says here.
 */
export type SliceCreator<Slice, Seen, World> = (set: SetPart<Seen>, get: () => Seen, world: World) => Slice;

/** Changes a part of the state. */
export type SetPart<Seen> = (change: Partial<Seen> | ((state: Seen) => Partial<Seen>)) => void;
