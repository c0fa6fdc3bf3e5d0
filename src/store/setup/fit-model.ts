import { familyOf, type ModelFamily } from "../../experiment/spec/model-family";
import type { PresetName } from "../../experiment/spec/preset-names";
import { PRESETS } from "../../experiment/spec/presets";
import type { ExperimentSpec } from "../../experiment/spec/spec";
import { presetOfStrategy, presetSuits } from "../../experiment/spec/strategy-config";
import { flattenConfig, withSettings } from "../../share/flat";

/** The preset that does for another family of models what this one does for its own. */
function presetFor(preset: PresetName, family: ModelFamily): PresetName {
  return presetSuits(preset, family) ? preset : presetOfStrategy(PRESETS[preset].strategy, family);
}

/** A specification that was brought in line with another model. */
export interface Fitted {
  readonly spec: ExperimentSpec;
  /** The preset is another one now. */
  readonly presetChanged: boolean;
  /** Paths of the settings that the person had changed, such as `budget.numSimulations`: they were kept. */
  readonly kept: readonly string[];
}

/** Gives a specification another model, and the preset that suits it; settings that the person changed stay changed. */
export function fitToModel(spec: ExperimentSpec, model: string): Fitted {
  const preset = presetFor(spec.preset, familyOf(model));
  if (preset === spec.preset) return { spec: { ...spec, model }, presetChanged: false, kept: [] };
  const before = flattenConfig(PRESETS[spec.preset]);
  const own = new Map([...flattenConfig(spec.config)].filter(([path, value]) => before.get(path) !== value));
  const config = withSettings(PRESETS[preset], own) as ExperimentSpec["config"];
  return { spec: { ...spec, model, preset, config }, presetChanged: true, kept: [...own.keys()] };
}
