import { Button } from "@mantine/core";
import { type Stage, stageOf } from "../../store/train/stages";
import { useLab, useTrain, useTrainStore } from "../contexts";
import { DeleteButton, TextButton } from "../shared/buttons";
import { Icon } from "../shared/Icon";
import { badNumberField, focusField } from "../shared/NumberField";
import { ProgressTrack } from "../shared/ProgressTrack";
import { usePutToWork } from "./CheckpointDetail";
import { CollectView } from "./CollectView";
import { StageFields } from "./StageFields";
import classes from "./StagePanel.module.css";
import { TrainingView } from "./TrainingView";
import { barShare, hindrance, type StageView, stateWords } from "./train-words";
import { useInput, useStageView } from "./use-stage";

/** The stage that is looked at: how it is set up, and how it goes. */
export function StagePanel() {
  const stage = stageOf(useTrain((state) => state.stage));
  const view = useStageView(stage.id);
  return (
    <section className={classes.panel} aria-label={stage.title}>
      <div className={classes.setup}>
        <h3 className={classes.title}>{stage.title}</h3>
        <p className={classes.about}>{stage.about}</p>
        <StageFields stage={stage} />
        <StartBar stage={stage} view={view} />
      </div>
      <div className={classes.live}>
        <StatusLine stage={stage} view={view} />
        {view.training !== null ? (
          <TrainingView training={view.training} />
        ) : view.dataset !== null ? (
          <CollectView dataset={view.dataset} />
        ) : (
          <p className={classes.empty}>
            {stage.does === "train" ? "Press Start, and the curves are drawn here." : "Press Start, and it fills here."}
          </p>
        )}
      </div>
    </section>
  );
}

interface StageProps {
  readonly stage: Stage;
  readonly view: StageView;
}

/** Starting a stage; what it lacks, and the way to make that. */
function StartBar({ stage, view }: StageProps) {
  const store = useTrainStore();
  const input = useInput(stage);
  const isMissing = input !== null && input.dataset === null;
  const isBusy = useTrain((state) => state.work !== null);
  const why = hindrance(view, isBusy);
  const source = stage.does === "train" ? stage.source : null;
  const start = () => {
    const bad = badNumberField();
    if (bad !== null) return focusField(bad.input);
    void store.getState().start(stage.id);
  };
  return (
    <div className={classes.bar}>
      {isMissing && source !== null && (
        <p className={classes.missing}>
          It learns from {input.name}, and there is none yet.{" "}
          <TextButton onClick={() => void store.getState().start(source)} disabled={isBusy}>
            Make it now
          </TextButton>
        </p>
      )}
      <Button fullWidth leftSection={<Icon name="play" />} onClick={start} disabled={why !== undefined || isMissing}>
        {view.state === "running" ? "Running" : (why ?? startWords(view))}
      </Button>
    </div>
  );
}

function startWords({ state }: StageView): string {
  return state === "new" || state === "failed" ? "Start" : "Start anew";
}

/** How it stands, in a line that is always there, with what one can do about it. */
function StatusLine({ stage, view }: StageProps) {
  const store = useTrainStore();
  const fault = useTrain((state) => state.faults[stage.id] ?? null);
  const { pause, resume, finish, cancel, removeDataset } = store.getState();
  const { state, work, training, dataset } = view;
  const id = (training ?? dataset)?.id;
  const canResume = id !== undefined && (state === "paused" || (state === "failed" && (training ?? dataset) !== null));
  const isOpen = state === "running" || canResume;
  const isBusy = useTrain((each) => each.work !== null);
  const made = useLab(
    ({ checkpoints }) => checkpoints?.find(({ record }) => record.id === training?.checkpoint) ?? null,
  );
  const use = usePutToWork();
  return (
    <header className={classes.head}>
      <p className={`${classes.status} numbers`} role="status">
        {state === "new" ? "" : stateWords(view, null)}
        {work?.resumedAt != null && <span className="quiet"> · goes on from {work.resumedAt}, where it was left</span>}
      </p>
      <div className={classes.controls}>
        {state === "running" && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Icon name="pause" />}
            onClick={() => void pause()}
            disabled={work?.isStopping ?? false}
          >
            Pause
          </Button>
        )}
        {state === "done" && made !== null && (
          <Button size="xs" variant="light" onClick={() => use(made.record)}>
            Put to work
          </Button>
        )}
        {canResume && (
          <Button
            size="xs"
            variant="light"
            leftSection={<Icon name="play" />}
            onClick={() => void resume(id)}
            disabled={isBusy}
            title={isBusy ? hindrance(view, isBusy) : undefined}
          >
            Resume
          </Button>
        )}
        {canResume && training?.progress != null && (
          <TextButton onClick={() => void finish(id)} label="Keep as a checkpoint what it has learnt">
            Keep as it is
          </TextButton>
        )}
        {isOpen && id !== undefined && (
          <DeleteButton
            label={`Cancel ${stage.title}`}
            consequences={training ? "What it has learnt is lost." : "What was collected goes too."}
            onDelete={() => void (training ? cancel(id) : removeDataset(id))}
          />
        )}
      </div>
      <div className={classes.track} data-seen={isOpen}>
        <ProgressTrack label={stage.title} share={barShare(view)} />
      </div>
      {fault !== null ? (
        <p className={classes.fault} role="alert">
          {fault.message} {fault.hint}
        </p>
      ) : (
        work?.notKept && (
          <p className={classes.fault} role="alert">
            {work.notKept.message} {work.notKept.hint} It trains on; closing this tab would lose what is not kept.
          </p>
        )
      )}
    </header>
  );
}
