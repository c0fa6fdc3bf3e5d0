import { REPLAY_SPEEDS } from "../../store/run/run-view";
import { useRun } from "../contexts";
import { IconButton } from "../shared/buttons";
import { formatDuration } from "../shared/format";
import classes from "./Scrubber.module.css";

/** Goes through the run: to any event, by simulations, or on its own. */
export function Scrubber() {
  const length = useRun((run) => run.length);
  const position = useRun((run) => run.position);
  const elapsed = useRun((run) => run.elapsedMs);
  const simulations = useRun((run) => run.state.simulations);
  const isPlaying = useRun((run) => run.isPlaying);
  const isLive = useRun((run) => run.status === "running" && run.position === run.length);
  const speed = useRun((run) => run.speed);
  const seek = useRun((run) => run.seek);
  const step = useRun((run) => run.step);
  const togglePlaying = useRun((run) => run.togglePlaying);
  const setSpeed = useRun((run) => run.setSpeed);
  const isEmpty = length === 0;

  return (
    <section className={classes.scrubber} aria-label="Time">
      <IconButton
        icon="previous"
        label="One simulation back"
        onClick={() => step(-1)}
        disabled={isEmpty || position === 0}
      />
      <IconButton
        icon={isPlaying ? "pause" : "play"}
        label={isPlaying ? "Pause the replay" : "Replay"}
        onClick={togglePlaying}
        disabled={isEmpty || isLive}
      />
      <IconButton
        icon="next"
        label="One simulation on"
        onClick={() => step(1)}
        disabled={isEmpty || position === length}
      />
      <input
        className={classes.range}
        type="range"
        aria-label="Moment of the run"
        aria-valuetext={`Simulation ${simulations}, ${formatDuration(elapsed)}`}
        min={0}
        max={Math.max(1, length)}
        value={position}
        disabled={isEmpty}
        style={{ ["--share" as string]: `${length === 0 ? 0 : (100 * position) / length}%` }}
        onChange={(event) => seek(event.currentTarget.valueAsNumber)}
      />
      <span className={`${classes.clock} numbers`}>{isLive ? <b>live</b> : formatDuration(elapsed)}</span>
      <select
        className={classes.speed}
        aria-label="Speed of the replay"
        value={speed}
        onChange={(event) => setSpeed(Number(event.currentTarget.value))}
      >
        {REPLAY_SPEEDS.map((value) => (
          <option key={value} value={value}>
            {value}×
          </option>
        ))}
      </select>
    </section>
  );
}
