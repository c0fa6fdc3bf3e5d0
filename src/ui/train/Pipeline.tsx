import { STAGES, STEP_TITLES, type Stage } from "../../store/train/stages";
import { useTrain, useTrainStore } from "../contexts";
import { IconButton } from "../shared/buttons";
import { ProgressTrack } from "../shared/ProgressTrack";
import classes from "./Pipeline.module.css";
import { barShare, hindrance, stateWords } from "./train-words";
import { useInput, useStageView } from "./use-stage";

const STEPS = [1, 2, 3, 4] as const;

/** The four steps of the algorithm, each with what it is made of, how that stands, and starting it. */
export function Pipeline() {
  return (
    <ol className={classes.pipeline} aria-label="Steps">
      {STEPS.map((step) => (
        <Step key={step} step={step} />
      ))}
    </ol>
  );
}

function Step({ step }: { readonly step: Stage["step"] }) {
  const stages = STAGES.filter((stage) => stage.step === step);
  return (
    <li className={classes.step}>
      <h2 className={classes.title}>
        <span className={classes.number} aria-hidden="true">
          {step}
        </span>
        {STEP_TITLES[step]}
      </h2>
      <ul>
        {stages.map((stage) => (
          <StageRow key={stage.id} stage={stage} />
        ))}
      </ul>
      {/* Where there is room for it. */}
      {stages.length === 1 && <p className={classes.about}>{stages[0]?.about}</p>}
    </li>
  );
}

/** A stage: what it is called, how it stands, and going on with it. */
function StageRow({ stage }: { readonly stage: Stage }) {
  const store = useTrainStore();
  const isShown = useTrain((state) => state.stage === stage.id);
  const isBusy = useTrain((state) => state.work !== null);
  const isLoaded = useTrain((state) => state.isLoaded);
  const view = useStageView(stage.id);
  const input = useInput(stage);
  const { select, start, pause, resume } = store.getState();
  const { state } = view;
  const id = (view.training ?? view.dataset)?.id;
  const canResume = (state === "paused" || state === "failed") && id !== undefined;
  return (
    <li className={classes.stage} data-shown={isShown} data-state={state}>
      <button type="button" className={classes.show} aria-pressed={isShown} onClick={() => select(stage.id)}>
        <span className={classes.name}>{stage.title}</span>
        <span className={`${classes.state} numbers`}>{isLoaded ? stateWords(view, input) : ""}</span>
      </button>
      {state === "running" ? (
        <IconButton
          icon="pause"
          label={`Pause ${stage.title}`}
          onClick={() => void pause()}
          disabled={view.work?.isStopping ?? false}
        />
      ) : (
        <IconButton
          icon="play"
          label={`${canResume ? "Resume" : "Start"} ${stage.title}`}
          reason={hindrance(view, isBusy)}
          onClick={() => void (canResume ? resume(id) : start(stage.id))}
          disabled={!isLoaded || isBusy || state === "elsewhere" || (input?.dataset === null && !canResume)}
        />
      )}
      <div className={classes.track} data-seen={state === "running" || canResume}>
        <ProgressTrack label={stage.title} share={barShare(view)} />
      </div>
    </li>
  );
}
