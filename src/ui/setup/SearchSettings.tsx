import { NativeSelect } from "@mantine/core";
import type { StrategyName } from "../../core/config";
import { LIMITS } from "../../experiment/spec/limits";
import { familyOf } from "../../experiment/spec/model-family";
import { PRESET_NAMES, type PresetName } from "../../experiment/spec/preset-names";
import { PRESETS, specFromPreset } from "../../experiment/spec/presets";
import { presetSuits } from "../../experiment/spec/strategy-config";
import { isSameExperiment } from "../../store/address";
import { useLab, useLabStore } from "../lab-context";
import { NumberField } from "../shared/NumberField";
import { MoreSettings } from "./MoreSettings";
import classes from "./SearchSettings.module.css";
import { PRESET_WORDS, STRATEGY_WORDS } from "./search-words";

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
