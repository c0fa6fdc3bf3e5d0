/** A number field whose text is not taken over, and the name it goes by. */
export interface BadField {
  readonly input: HTMLInputElement;
  readonly label: string;
}

/** The first number field of the page that shows a fault; null when all that is shown is what will run. */
export function badNumberField(): BadField | null {
  const input = document.querySelector<HTMLInputElement>('input[type="number"][aria-invalid="true"]:enabled');
  if (input === null) return null;
  return { input, label: input.ariaLabel ?? input.labels?.[0]?.textContent ?? "A setting" };
}

/** Puts the cursor into the field, unfolding what it is folded into. */
export function focusField(input: HTMLInputElement): void {
  const folded = input.closest("details");
  if (folded !== null) folded.open = true;
  input.focus();
}
