import type { ModelRef } from "../core/model-ref";
import { PRESET_NAMES, type PresetName } from "../experiment/preset-names";
import { DEFAULT_PRESET, PRESETS } from "../experiment/presets";
import type { ExperimentSpec } from "../experiment/spec";
import { flattenConfig, withSettings } from "../share/flat";

const CHAT = "-chat";
const DEFAULT_CHAT_PRESET: PresetName = "mcts-chat";

/** Whether a preset was made for models of this engine: the presets of chat models say so in their names. */
export function presetFits(preset: PresetName, engine: ModelRef["engine"]): boolean {
  return preset.endsWith(CHAT) === (engine !== "tiny");
}

/** The preset that does for models of another engine what this one does for its own. */
function presetFor(preset: PresetName, engine: ModelRef["engine"]): PresetName {
  if (presetFits(preset, engine)) return preset;
  const twin = preset.replace(/-(tiny|chat)$/, "") + (engine === "tiny" ? "-tiny" : CHAT);
  return PRESET_NAMES.find((name) => name === twin) ?? (engine === "tiny" ? DEFAULT_PRESET : DEFAULT_CHAT_PRESET);
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
export function fitToModel(spec: ExperimentSpec, model: string, engine: ModelRef["engine"]): Fitted {
  const preset = presetFor(spec.preset, engine);
  if (preset === spec.preset) return { spec: { ...spec, model }, presetChanged: false, kept: [] };
  const before = flattenConfig(PRESETS[spec.preset]);
  const own = new Map([...flattenConfig(spec.config)].filter(([path, value]) => before.get(path) !== value));
  const config = withSettings(PRESETS[preset], own) as ExperimentSpec["config"];
  return { spec: { ...spec, model, preset, config }, presetChanged: true, kept: [...own.keys()] };
}
