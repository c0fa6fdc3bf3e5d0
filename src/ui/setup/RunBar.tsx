import { Button } from "@mantine/core";
import { type MouseEvent, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { RunStatus } from "../../store/run/run-view";
import { useLab, useLabStore, useRun, useRunView } from "../lab-context";
import { focusModelFault } from "../models/model-fault";
import { modelState } from "../models/model-state";
import { Icon } from "../shared/Icon";
import { badNumberField, focusField } from "./bad-number-field";
import { environmentNote } from "./environment";
import { Progress } from "./Progress";
import classes from "./RunBar.module.css";

/** Milliseconds: Stop takes the place and the focus of Run, and must not take the second of two clicks or keystrokes. */
const SECOND_PRESS_MS = 600;

/** Run, pause, resume, stop, and how far it is. */
export function RunBar() {
  const status = useRun((run) => run.status);
  const [note] = useState(() => environmentNote({ isolated: crossOriginIsolated, webgpu: "gpu" in navigator }));
  return (
    <section className={classes.bar} aria-label="Run">
      <div className={classes.buttons}>
        <Buttons status={status} />
      </div>
      <Progress />
      {note !== null && <p className={classes.note}>{note}</p>}
    </section>
  );
}

function Buttons({ status }: { readonly status: RunStatus }) {
  const store = useLabStore();
  const { pause, resume, stop } = useRunView().getState();
  const pressedAt = useRef(Number.NEGATIVE_INFINITY);
  const mustDownload = useLab(
    (state) => modelState(state.spec.model, state.listing, state.problem)?.kind === "download",
  );

  const run = async () => {
    const { isDrafting, commitDraft, start, showPane, notify } = store.getState();
    const bad = badNumberField();
    if (bad !== null) {
      notify({
        tone: "error",
        message: `${bad.label} has a value that is not allowed.`,
        hint: "Correct it, then run.",
      });
      // A field of a pane that is not shown cannot take the focus.
      flushSync(() => showPane("setup"));
      focusField(bad.input);
      return;
    }
    if (isDrafting && !(await commitDraft()).ok) {
      notify({
        tone: "error",
        message: "Your problem is not complete yet.",
        hint: "What is missing stands below the fields.",
      });
      showPane("setup");
      return;
    }
    const { spec, listing, problem, awaited } = store.getState();
    if (awaited !== null) return start();
    const model = modelState(spec.model, listing, problem);
    if (model?.kind === "fault") {
      // What is wrong stands there already.
      flushSync(() => showPane("setup"));
      focusModelFault();
      return;
    }
    showPane("tree");
    pressedAt.current = performance.now();
    start();
  };

  if (status === "running" || status === "paused") {
    const paused = status === "paused";
    return (
      <>
        <Button
          fullWidth
          variant="light"
          leftSection={<Icon name={paused ? "play" : "pause"} />}
          onClick={paused ? resume : pause}
        >
          {paused ? "Resume" : "Pause"}
        </Button>
        <Button className={classes.stop ?? ""} variant="default" leftSection={<Icon name="stop" />} onClick={stop}>
          Stop
        </Button>
      </>
    );
  }
  if (status === "preparing") {
    const giveUp = ({ detail }: MouseEvent) => {
      const isSingleClick = detail === 1;
      if (isSingleClick || performance.now() - pressedAt.current >= SECOND_PRESS_MS) stop();
    };
    return (
      <Button fullWidth variant="default" leftSection={<Icon name="stop" />} onClick={giveUp}>
        Stop
      </Button>
    );
  }
  return (
    <Button fullWidth leftSection={<Icon name="play" />} onClick={() => void run()}>
      {status === "failed" ? "Try again" : mustDownload ? "Download and run" : "Run"}
    </Button>
  );
}
