/** The element that says why the model that is set up cannot run. */
export const MODEL_FAULT_ID = "model-fault";

/** Leads to the way out of what is wrong with the model. */
export function focusModelFault(): void {
  document.querySelector<HTMLButtonElement>(`#${MODEL_FAULT_ID} button`)?.focus();
}
