import { toErrorData } from "../../core/errors";
import { parseModelRef } from "../../core/model-ref";
import type { LabStore } from "../../store/lab-store";
import { modelState } from "../models/model-state";

/** What keeps a model from running here, as far as that can be told without loading it; null when nothing does. */
export async function modelFault(store: LabStore, model: string, signal: AbortSignal): Promise<string | null> {
  const ref = parseModelRef(model);
  const { testEndpoint, endpointForm, loadModels } = store.getState();
  if (ref.engine === "openai") {
    try {
      await testEndpoint(endpointForm(ref.baseUrl), signal);
      return null;
    } catch (thrown) {
      const { message, hint } = toErrorData(thrown);
      return `${message} ${hint}`;
    }
  }
  if (ref.engine === "webllm" && store.getState().listing === null) await loadModels();
  const state = modelState(model, store.getState().listing, null);
  return state?.kind === "fault" ? state.text : null;
}
