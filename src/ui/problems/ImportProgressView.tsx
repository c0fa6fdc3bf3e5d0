import { Button } from "@mantine/core";
import type { ImportProgress } from "../../ports/problem-importer";
import { useLab } from "../lab-context";
import { formatCount } from "../shared/format";
import { ProgressTrack } from "../shared/ProgressTrack";
import classes from "./ImportProgressView.module.css";

interface ImportProgressViewProps {
  readonly name: string;
  readonly progress: ImportProgress;
}

/** How far reading is, and the way to give it up. */
export function ImportProgressView({ name, progress }: ImportProgressViewProps) {
  const cancel = useLab((state) => state.cancelImport);
  return (
    <div className={classes.progress}>
      <p className={classes.name}>{name}</p>
      <ProgressTrack label="Reading" share={progress.fraction} />
      <div className={`${classes.line} numbers`}>
        <span className="quiet">{formatCount(progress.rows)} rows</span>
        <Button size="xs" variant="default" onClick={cancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
