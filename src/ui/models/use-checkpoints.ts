import { useEffect } from "react";
import { parseModelRef } from "../../core/model";
import { useLabStore, useRun } from "../contexts";
import { missingRoles } from "./model-words";

/**
 * Looks the checkpoints of this browser up where a model names one that is not known: it may not be here, or have come in another tab,
 * and one that was here may be gone.
 * @param models a line each.
 */
export function useCheckpointsOf(models: string): void {
  const store = useLabStore();
  const isGone = useRun((run) => run.failure?.code === "model/no-such-checkpoint");
  useEffect(() => {
    const { checkpoints, loadCheckpoints } = store.getState();
    const isUnknown = models
      .split("\n")
      .some((model) => missingRoles(parseModelRef(model), checkpoints ?? []).length > 0);
    if (isUnknown || isGone) void loadCheckpoints();
  }, [store, models, isGone]);
}
