import { Select } from "@mantine/core";
import { useEffect, useMemo } from "react";
import { useLab, useLabStore } from "../lab-context";
import { IconButton } from "../shared/IconButton";
import classes from "./ImportedPicker.module.css";

/** Most problems that are listed at once: a list of thousands would take seconds to draw, and nobody reads it. */
const MOST_LISTED = 60;
/** Pixels: wider than the field, so that most titles stand on one line. */
const LIST_WIDTH = 340;

interface ImportedPickerProps {
  readonly collection: string;
  readonly id: string;
}

/** Chooses one problem of an imported collection, by its id, its title, or one after the other. */
export function ImportedPicker({ collection, id }: ImportedPickerProps) {
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
