import { toErrorData } from "../../core/errors";
import { parseModelRef } from "../../core/model-ref";

/** What is wrong with a base URL, in a sentence; null when nothing is, or nothing was typed yet. */
export function baseUrlFault(baseUrl: string): string | null {
  if (baseUrl === "") return null;
  try {
    parseModelRef(`openai:${baseUrl}#model`);
    return null;
  } catch (error) {
    const { code, message, hint } = toErrorData(error);
    return code === "input/model" && message.includes("user name")
      ? `${message} ${hint}`
      : "Give an address such as http://localhost:8000/v1.";
  }
}
