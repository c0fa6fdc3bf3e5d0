import "@mantine/core/styles/Combobox.css";
import { NativeSelect } from "@mantine/core";
import { formatModelRef } from "../../core/model";
import { TIERS } from "../../core/problem";
import { LIMITS } from "../../experiment/spec/limits";
import { datasetOf, modelOf, type Stage, type StageSettings, suits, type TrainStage } from "../../store/train/stages";
import { useLab, useTrain, useTrainStore } from "../contexts";
import { NumberField } from "../shared/NumberField";
import { TIER_WORDS } from "../shared/words";
import classes from "./StageFields.module.css";
import { checkpointName, sizeWords } from "./train-words";

/** How a stage is to go. */
export function StageFields({ stage }: { readonly stage: Stage }) {
  const store = useTrainStore();
  const settings = useTrain((state) => state.settings[stage.id]);
  const edit = (change: Partial<StageSettings>) => store.getState().edit(stage.id, change);
  const variants = Object.entries(stage.variants);
  return (
    <div className={classes.fields}>
      {variants.length > 1 && (
        <NativeSelect
          className={classes.wide ?? ""}
          label={stage.does === "train" ? "Objective" : "Wrong answers"}
          data={variants.map(([value, label]) => ({ value, label }))}
          value={settings.variant}
          onChange={(event) => edit({ variant: event.currentTarget.value, dataset: null })}
        />
      )}
      <ModelField stage={stage} settings={settings} edit={edit} />
      {stage.does === "train" && stage.source !== null && <DataField stage={stage} settings={settings} edit={edit} />}
      {stage.does === "collect" && stage.hasTier && (
        <NativeSelect
          className={classes.wide ?? ""}
          label="Tier"
          data={[
            { value: "all", label: "All in turn" },
            ...TIERS.map((tier) => ({ value: tier, label: TIER_WORDS[tier] })),
          ]}
          value={settings.tier}
          onChange={(event) => edit({ tier: event.currentTarget.value as StageSettings["tier"] })}
        />
      )}
      {stage.fields.map(({ key, label, limit }) => (
        <NumberField
          key={key}
          label={label}
          value={settings[key]}
          limit={limit}
          onCommit={(value) => edit({ [key]: value })}
        />
      ))}
      {stage.does === "train" && (
        <NativeSelect
          className={classes.wide ?? ""}
          label="Keeps the weights"
          data={[
            { value: "last", label: "of the last step" },
            { value: "best", label: "that did best on what is held out" },
          ]}
          value={settings.keep}
          onChange={(event) => edit({ keep: event.currentTarget.value as StageSettings["keep"] })}
        />
      )}
      {stage.does === "train" && stage.watches !== null && <PuzzleFields />}
    </div>
  );
}

interface FieldProps<S extends Stage = Stage> {
  readonly stage: S;
  readonly settings: StageSettings;
  readonly edit: (change: Partial<StageSettings>) => void;
}

/** The model that a stage begins with, or asks. */
function ModelField({ stage, settings, edit }: FieldProps) {
  const checkpoints = useLab((state) => state.checkpoints) ?? [];
  if (settings.variant === "exchanged") return null;
  const fitting = checkpoints.filter(({ record }) => stage.models.includes(record.kind));
  const data = [
    { value: formatModelRef({ engine: "tiny" }), label: "Tiny model, as shipped" },
    ...fitting.map(({ record, isShipped }) => ({
      value: formatModelRef({ engine: "tiny", checkpoint: record.id }),
      label: isShipped ? `${checkpointName(record)}, as shipped` : checkpointName(record),
    })),
  ];
  return (
    <NativeSelect
      className={classes.wide ?? ""}
      label={stage.does === "train" ? "Begins with" : "Model"}
      data={data}
      value={modelOf(stage, settings, checkpoints)}
      onChange={(event) => edit({ model: event.currentTarget.value })}
    />
  );
}

/** The data set that a stage learns from. */
function DataField({ stage, settings, edit }: FieldProps<TrainStage>) {
  const datasets = useTrain((state) => state.datasets);
  const suitable = datasets.filter((dataset) => suits(stage, settings.variant, dataset));
  if (suitable.length === 0) return null;
  return (
    <NativeSelect
      className={classes.wide ?? ""}
      label="Learns from"
      data={suitable.map((dataset) => ({
        value: dataset.id,
        label: `${dataset.title}: ${sizeWords(dataset, stage.makes)}`,
      }))}
      value={datasetOf(stage, settings, datasets)?.id ?? ""}
      onChange={(event) => edit({ dataset: event.currentTarget.value })}
    />
  );
}

/** The held-out puzzle that is asked about at every evaluation of the next training. */
function PuzzleFields() {
  const store = useTrainStore();
  const { tier, index } = useTrain((state) => state.puzzle);
  return (
    <>
      <NativeSelect
        label="Held-out tier"
        data={TIERS.map((each) => ({ value: each, label: TIER_WORDS[each] }))}
        value={tier}
        onChange={(event) => store.getState().watch({ tier: event.currentTarget.value as typeof tier, index })}
      />
      <NumberField
        label="Number"
        value={index + 1}
        limit={{ ...LIMITS.puzzleIndex, min: 1 }}
        onCommit={(number) => store.getState().watch({ tier, index: number - 1 })}
      />
    </>
  );
}
