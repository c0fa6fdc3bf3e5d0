import { useLabStore } from "../contexts";

/** Sets the experiment up for the first problem of a collection, and closes the dialog. */
export function useOpenCollection(): (collection: string) => void {
  const store = useLabStore();
  return (collection) => {
    const { openCollection, showDialog } = store.getState();
    showDialog(null);
    void openCollection(collection).then(() => {
      const { shelf, spec, commit, setDrafting } = store.getState();
      const first = shelf?.collection === collection ? shelf.problems[0] : undefined;
      if (first === undefined) return;
      setDrafting(false);
      commit({ ...spec, problem: { source: "imported", collection, id: first.id } });
    });
  };
}
