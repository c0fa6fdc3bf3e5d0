import classes from "./ProgressTrack.module.css";

interface ProgressTrackProps {
  /** What is under way: read out. */
  readonly label: string;
  /** In [0, 1]; null while it cannot be known. */
  readonly share: number | null;
}

/** A thin bar. */
export function ProgressTrack({ label, share }: ProgressTrackProps) {
  return (
    <div
      className={classes.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === null ? {} : { "aria-valuenow": Math.round(share * 100) })}
    >
      <div className={classes.fill} data-unknown={share === null} style={{ transform: `scaleX(${share ?? 1})` }} />
    </div>
  );
}
