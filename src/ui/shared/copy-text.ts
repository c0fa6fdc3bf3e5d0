/** Puts a text into the clipboard. Pages that came over plain http have no clipboard of their own, but can copy what is selected. @throws when the browser does not let it. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (!isCopied) throw new DOMException("Nothing was copied.", "NotAllowedError");
}
