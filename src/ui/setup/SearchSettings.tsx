import { NativeSelect } from "@mantine/core";
import { useId } from "react";
import type { SearchConfig, StrategyName } from "../../core/config";
import { LIMITS } from "../../experiment/spec/limits";
import { familyOf } from "../../experiment/spec/model-family";
import { PRESET_NAMES, PRESETS, type PresetName, presetSuits, specFromPreset } from "../../experiment/spec/presets";
import { isSameExperiment } from "../../store/address";
import { useLab, useLabStore } from "../contexts";
import { NumberField } from "../shared/NumberField";
import classes from "./SearchSettings.module.css";
import { PRESET_WORDS, SETTINGS, type Setting, STRATEGY_WORDS } from "./settings";

/** The settings up front, and the rest folded away. */
export function SearchSettings() {
  const store = useLabStore();
  const spec = useLab((state) => state.spec);
  const { preset, seed, config } = spec;
  const { commit } = store.getState();
  const family = familyOf(spec.model);
  const isChanged = !isSameExperiment({ ...spec, config: PRESETS[preset] }, spec);
  const samples = config.strategy === "mcts" ? "Simulations" : "Samples";

  return (
    <div className={classes.settings}>
      <NativeSelect
        label="Preset"
        className={classes.wide ?? ""}
        value={preset}
        onChange={(event) => {
          const name = event.currentTarget.value as PresetName;
          commit(specFromPreset(name, spec.problem, seed, spec.model));
        }}
        description={
          isChanged && (
            <>
              with changes ·{" "}
              <button
                type="button"
                className={classes.reset}
                onClick={() => commit({ ...spec, config: PRESETS[preset] })}
              >
                undo them
              </button>
            </>
          )
        }
        inputWrapperOrder={["label", "input", "description"]}
        data={PRESET_NAMES.filter((name) => name === preset || presetSuits(name, family)).map((value) => ({
          value,
          label: PRESET_WORDS[value],
        }))}
      />
      <NativeSelect
        label="Strategy"
        className={classes.wide ?? ""}
        value={config.strategy}
        onChange={(event) =>
          commit({ ...spec, config: { ...config, strategy: event.currentTarget.value as StrategyName } })
        }
        data={Object.entries(STRATEGY_WORDS).map(([value, label]) => ({ value, label }))}
      />
      <NumberField
        label={samples}
        value={config.budget.numSimulations}
        limit={LIMITS.budget.numSimulations}
        disabled={config.strategy === "greedy"}
        onCommit={(numSimulations) =>
          commit({ ...spec, config: { ...config, budget: { ...config.budget, numSimulations } } })
        }
      />
      <NumberField
        label="Seed"
        value={seed}
        limit={LIMITS.seed}
        onCommit={(value) => commit({ ...spec, seed: value })}
      />
      <div className={classes.wide}>
        <MoreSettings />
      </div>
    </div>
  );
}

/** The settings that most people leave alone, each with a line that says what it does. */
function MoreSettings() {
  const spec = useLab((state) => state.spec);
  const commit = useLab((state) => state.commit);
  const { strategy } = spec.config;
  return (
    <details className={classes.more}>
      <summary>More settings</summary>
      <div className={classes.list}>
        {SETTINGS.filter(({ only }) => only?.includes(strategy) ?? true).map((setting) => (
          <Row
            key={setting.label}
            setting={setting}
            config={spec.config}
            onChange={(config) => commit({ ...spec, config })}
          />
        ))}
      </div>
    </details>
  );
}

interface RowProps {
  readonly setting: Setting;
  readonly config: SearchConfig;
  readonly onChange: (config: SearchConfig) => void;
}

function Row({ setting, config, onChange }: RowProps) {
  const helpId = useId();
  return (
    <div className={classes.row}>
      <div>
        <p>{setting.label}</p>
        <p id={helpId} className={classes.help}>
          {setting.help}
        </p>
      </div>
      {setting.kind === "choice" ? (
        <NativeSelect
          aria-label={setting.label}
          aria-describedby={helpId}
          data={[...setting.options]}
          value={setting.get(config)}
          onChange={(event) => onChange(setting.set(config, event.currentTarget.value))}
        />
      ) : (
        <NumberField
          label={setting.label}
          labelIsElsewhere
          describedBy={helpId}
          value={setting.get(config)}
          limit={setting.limit}
          optional={setting.optional}
          {...(setting.step === undefined ? {} : { step: setting.step })}
          onCommit={(value) => onChange(setting.set(config, value))}
          onClear={() => onChange(setting.set(config, null))}
        />
      )}
    </div>
  );
}
