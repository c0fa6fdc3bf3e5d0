import { useMemo } from "react";
import { datasetOf, inputWords, type Stage, type StageId } from "../../store/train/stages";
import { useTrain } from "../contexts";
import { type StageInput, type StageView, viewOf } from "./train-words";

/** How a stage stands. */
export function useStageView(id: StageId): StageView {
  const trainings = useTrain((state) => state.trainings);
  const datasets = useTrain((state) => state.datasets);
  const work = useTrain((state) => (state.work?.stage === id ? state.work : null));
  const elsewhere = useTrain((state) => state.elsewhere);
  const faults = useTrain((state) => state.faults);
  return useMemo(
    () => viewOf(id, { trainings, datasets, work, elsewhere, faults }),
    [id, trainings, datasets, work, elsewhere, faults],
  );
}

/** What a stage learns from; null when it needs nothing. */
export function useInput(stage: Stage): StageInput | null {
  const datasets = useTrain((state) => state.datasets);
  const settings = useTrain((state) => state.settings[stage.id]);
  if (stage.does === "collect" || stage.source === null) return null;
  return { dataset: datasetOf(stage, settings, datasets), name: inputWords(stage) ?? "", learner: stage.makes };
}
