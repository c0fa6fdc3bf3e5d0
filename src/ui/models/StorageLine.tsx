import { useState } from "react";
import type { StorageSummary } from "../../ports/model-catalog";
import { useLab, useLabStore } from "../lab-context";
import { formatBytes } from "../shared/format";
import { TextButton } from "../shared/TextButton";
import classes from "./StorageLine.module.css";

/** What this browser keeps, and what can be done about it. */
export function StorageLine() {
  const store = useLabStore();
  const storage = useLab((state) => state.storage);
  const cached = useLab(
    (state) => state.listing?.models.reduce((sum, model) => sum + (model.cachedBytes ?? 0), 0) ?? 0,
  );
  const [isAsking, setAsking] = useState(false);
  if (storage === null) return null;
  const { deleteAllCached, keepCached } = store.getState();

  if (isAsking) {
    return (
      <p className={classes.line}>
        <span>Delete all downloaded models, {formatBytes(cached)}?</span>
        <TextButton
          onClick={() => {
            setAsking(false);
            void deleteAllCached();
          }}
        >
          Delete them
        </TextButton>
        <TextButton onClick={() => setAsking(false)}>Keep them</TextButton>
      </p>
    );
  }
  return (
    <p className={`${classes.line} numbers`}>
      <span>{usageOf(storage)}</span>
      {!storage.isPersistent && cached > 0 && <TextButton onClick={() => void keepCached()}>Ask to keep it</TextButton>}
      {cached > 0 && <TextButton onClick={() => setAsking(true)}>Delete all downloads</TextButton>}
    </p>
  );
}

function usageOf({ usedBytes, quotaBytes, isPersistent }: StorageSummary): string {
  const used = usedBytes === null ? "" : `${formatBytes(usedBytes)} stored`;
  const all = quotaBytes === null ? "" : `of ${formatBytes(quotaBytes)}`;
  const promise = isPersistent ? ", kept until you delete it" : ", until the browser needs the room";
  return used === "" ? "The browser does not say what it stores." : `${used} ${all}`.trim() + promise;
}
