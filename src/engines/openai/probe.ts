import { type ModelRef, parseModelRef } from "../../core/model";
import type { EndpointModel, EndpointProbe } from "../../ports/endpoint";
import { connect } from "./connection";
import { describeFault, EndpointFault } from "./fault";

/** How to ask. */
export interface ProbeOptions {
  readonly baseUrl: string;
  readonly apiKey?: string | null;
  readonly fetch?: typeof fetch;
}

/** Longest wait for a list of models. */
const PATIENCE_MS = 15_000;

/**
 * Asks an endpoint once, without retries, what it serves.
 * @throws LabError `input/model` when the base URL is none; `model/*`: why it cannot be used, with what to do; the
 * signal's reason.
 */
export async function probeEndpoint(options: ProbeOptions, signal?: AbortSignal): Promise<readonly EndpointModel[]> {
  const { baseUrl } = parseBaseUrl(options.baseUrl);
  const { fetch } = options;
  const apiKey = options.apiKey ?? undefined;
  const place = { baseUrl, apiKey, pageProtocol: globalThis.location?.protocol ?? "" };
  const late = AbortSignal.timeout(PATIENCE_MS);
  try {
    const connection = connect({ baseUrl, apiKey, fetch });
    return await connection.models(signal ? AbortSignal.any([signal, late]) : late);
  } catch (thrown) {
    signal?.throwIfAborted();
    if (late.aborted) {
      throw describeFault(new EndpointFault("silence", `no list of models in ${PATIENCE_MS / 1000} seconds`), place);
    }
    throw thrown instanceof EndpointFault ? describeFault(thrown, place) : thrown;
  }
}

/** By the rules of a model's name, so that what was tested can also be chosen. */
function parseBaseUrl(text: string): ModelRef & { readonly engine: "openai" } {
  return parseModelRef(`openai:${text.trim()}#any`) as ModelRef & { readonly engine: "openai" };
}

/** {@link probeEndpoint} as a port. */
export const endpointProbe: EndpointProbe = {
  models: (baseUrl, apiKey, signal) => probeEndpoint({ baseUrl, apiKey }, signal),
};
