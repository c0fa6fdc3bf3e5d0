import { PRESETS } from "../../experiment/spec/presets";
import type { Fitted } from "../../store/setup/model-slice";
import { PRESET_WORDS } from "../setup/search-words";
import { SETTINGS } from "../setup/settings-list";

/** What to tell when a model brought another preset along; null when it did not. */
export function fittedWords({
  spec,
  presetChanged,
  kept,
}: Fitted): { readonly message: string; readonly hint: string } | null {
  if (!presetChanged) return null;
  const message = `The preset is now "${PRESET_WORDS[spec.preset]}", which suits this model.`;
  if (kept.length === 0) return { message, hint: "" };
  const preset = PRESETS[spec.preset];
  const labels = SETTINGS.filter((setting) => setting.get(spec.config) !== setting.get(preset)).map(
    ({ label }) => label,
  );
  if (kept.includes("budget.numSimulations")) labels.unshift("Simulations");
  if (kept.includes("strategy")) labels.unshift("Strategy");
  return { message, hint: `Your own settings are kept: ${labels.join(", ")}.` };
}
