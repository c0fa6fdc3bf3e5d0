import "@mantine/core/styles/Popover.css";
import "@mantine/core/styles/Combobox.css";
import "@mantine/core/styles/ScrollArea.css";
import { Select } from "@mantine/core";
import { useEffect, useMemo } from "react";
import { type Problem, TIERS, type Tier } from "../../core/problem";
import { LIMITS } from "../../experiment/spec/limits";
import type { ProblemRef } from "../../experiment/spec/problem-ref";
import type { Collection } from "../../ports/problem-store";
import type { LabState } from "../../store/lab-store";
import { useLab, useLabStore } from "../contexts";
import { IconButton } from "../shared/buttons";
import { formatNumber } from "../shared/format";
import { NumberField } from "../shared/NumberField";
import { TIER_WORDS } from "../shared/words";
import classes from "./ProblemPicker.module.css";

const GENERATED = "generated:";
const CUSTOM = "custom:";
const IMPORTED = "imported:";
const AWAITED = "awaited:";
const ANY_OF = 1000;

/** People count from 1. */
const NUMBER_LIMIT = { ...LIMITS.puzzleIndex, min: LIMITS.puzzleIndex.min + 1, max: LIMITS.puzzleIndex.max + 1 };

/** Chooses among the named puzzles, the endless generated ones, imported collections, and one of one's own. */
export function ProblemPicker() {
  const store = useLabStore();
  const named = useLab((state) => state.named);
  const collections = useLab((state) => state.collections);
  const ref = useLab((state) => state.spec.problem);
  const awaited = useLab((state) => state.awaited);

  useEffect(() => {
    void store.getState().loadNamed();
    void store.getState().loadCollections();
  }, [store]);

  const data = useMemo(() => groups(named ?? [], collections ?? [], ref, awaited), [named, collections, ref, awaited]);
  const choose = (value: string | null) => {
    const { commit, spec, setDrafting, chooseCollection } = store.getState();
    if (value === null || value === AWAITED) return;
    if (value === CUSTOM) setDrafting(true);
    else if (value.startsWith(IMPORTED)) void chooseCollection(value.slice(IMPORTED.length));
    else commit({ ...spec, problem: refOf(value) });
  };

  return (
    <div className={classes.picker}>
      <Select
        aria-label="Problem"
        data={data}
        value={awaited === null ? keyOf(ref) : AWAITED}
        onChange={choose}
        searchable
        allowDeselect={false}
        nothingFoundMessage="No puzzle of that name"
        maxDropdownHeight={420}
        comboboxProps={{ shadow: "md", transitionProps: { duration: 0 } }}
        checkIconPosition="right"
      />
      {awaited === null && ref.source === "generated" && (
        <IndexField index={ref.index} onChange={(index) => commitIndex(store, index)} />
      )}
      {awaited === null && ref.source === "imported" && <ImportedPicker collection={ref.collection} id={ref.id} />}
    </div>
  );
}

function IndexField({ index, onChange }: { readonly index: number; readonly onChange: (index: number) => void }) {
  const { max } = LIMITS.puzzleIndex;
  return (
    <div className={classes.index}>
      <NumberField label="Number" value={index + 1} limit={NUMBER_LIMIT} onCommit={(number) => onChange(number - 1)} />
      <IconButton
        icon="minus"
        label="Previous puzzle"
        onClick={() => onChange(Math.max(0, index - 1))}
        disabled={index === 0}
      />
      <IconButton icon="plus" label="Next puzzle" onClick={() => onChange(Math.min(max, index + 1))} />
      <IconButton icon="shuffle" label="Any puzzle" onClick={() => onChange(Math.floor(Math.random() * ANY_OF))} />
    </div>
  );
}

function commitIndex(store: ReturnType<typeof useLabStore>, index: number): void {
  const { spec, commit } = store.getState();
  if (spec.problem.source === "generated") commit({ ...spec, problem: { ...spec.problem, index } });
}

function groups(
  named: readonly Problem[],
  collections: readonly Collection[],
  ref: ProblemRef,
  awaited: LabState["awaited"],
) {
  const tiers = TIERS.map((tier) => ({
    group: TIER_WORDS[tier],
    items: named.filter((problem) => problem.tier === tier).map(({ id, title }) => ({ value: id, label: title })),
  }));
  const generated = TIERS.map((tier) => ({
    value: GENERATED + tier,
    label: `Generated, ${TIER_WORDS[tier].toLowerCase()}`,
  }));
  const own = { value: CUSTOM, label: ref.source === "custom" ? ref.title : "Write your own…" };
  const stranger =
    ref.source === "named" && !named.some(({ id }) => id === ref.id) ? [{ value: ref.id, label: ref.id }] : [];
  const imported = collections.map(({ id, title, size }) => ({
    value: IMPORTED + id,
    label: `${title}, ${formatNumber(size, "problem")}`,
  }));
  if (ref.source === "imported" && !collections.some(({ id }) => id === ref.collection)) {
    imported.push({ value: IMPORTED + ref.collection, label: ref.collection });
  }
  const added = imported.length === 0 ? [] : [{ group: "Imported", items: imported }];
  const absent = awaited === null ? [] : [{ value: AWAITED, label: `${awaited.id}, not here yet` }];
  return [
    ...absent,
    ...stranger,
    ...added,
    ...tiers,
    { group: "Without end", items: generated },
    { group: "Yours", items: [own] },
  ];
}

function keyOf(ref: ProblemRef): string {
  if (ref.source === "named") return ref.id;
  if (ref.source === "imported") return IMPORTED + ref.collection;
  return ref.source === "generated" ? GENERATED + ref.tier : CUSTOM;
}

function refOf(value: string): ProblemRef {
  if (!value.startsWith(GENERATED)) return { source: "named", id: value };
  const tier = value.slice(GENERATED.length) as Tier;
  return { source: "generated", split: "test", tier, index: 0, seed: 0 };
}

/** Most problems that are listed at once: a list of thousands would take seconds to draw, and nobody reads it. */
const MOST_LISTED = 60;
/** Pixels: wider than the field, so that most titles stand on one line. */
const LIST_WIDTH = 340;

interface ImportedPickerProps {
  readonly collection: string;
  readonly id: string;
}

/** Chooses one problem of an imported collection, by its id, its title, or one after the other. */
function ImportedPicker({ collection, id }: ImportedPickerProps) {
  const store = useLabStore();
  const shelf = useLab((state) => (state.shelf?.collection === collection ? state.shelf.problems : null));

  useEffect(() => {
    void store.getState().openCollection(collection);
  }, [store, collection]);

  const problems = shelf ?? [];
  const data = useMemo(
    () => (shelf ?? []).map((problem) => ({ value: problem.id, label: labelOf(problem, collection) })),
    [shelf, collection],
  );
  const at = problems.findIndex((problem) => problem.id === id);
  const choose = (chosen: string | undefined) => {
    const { spec, commit } = store.getState();
    if (chosen !== undefined) commit({ ...spec, problem: { source: "imported", collection, id: chosen } });
  };

  return (
    <div className={classes.line}>
      <Select
        aria-label="Problem of the collection"
        data={data}
        value={id}
        onChange={(value) => choose(value ?? undefined)}
        searchable
        limit={MOST_LISTED}
        allowDeselect={false}
        nothingFoundMessage="No problem of that name"
        maxDropdownHeight={420}
        comboboxProps={{ shadow: "md", transitionProps: { duration: 0 }, width: LIST_WIDTH, position: "bottom-start" }}
        withCheckIcon={false}
      />
      <IconButton
        icon="minus"
        label="Previous problem"
        onClick={() => choose(problems[at - 1]?.id)}
        disabled={at < 1}
      />
      <IconButton
        icon="plus"
        label="Next problem"
        onClick={() => choose(problems[at + 1]?.id)}
        disabled={at < 0 || at === problems.length - 1}
      />
      <IconButton
        icon="shuffle"
        label="Any problem"
        onClick={() => choose(problems[Math.floor(Math.random() * problems.length)]?.id)}
      />
    </div>
  );
}

/** `602 · First repeated character`; what every id of the collection begins with is left out. */
function labelOf({ id, title }: { readonly id: string; readonly title: string }, collection: string): string {
  const short = id.startsWith(`${collection}/`) ? id.slice(collection.length + 1) : id;
  return title === "" || title === id ? short : `${short} · ${title}`;
}
