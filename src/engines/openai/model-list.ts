import { z } from "zod";
import type { EndpointModel } from "../../ports/endpoint";
import type { EndpointConnection } from "./connection";
import { EndpointFault } from "./endpoint-fault";

const length = z.number().int().positive().nullish().catch(null);

const listSchema = z.object({
  data: z
    .array(
      z.object({
        id: z.string(),
        /** vLLM and SGLang. */
        max_model_len: length,
        /** Several hosted services. */
        context_length: length,
      }),
    )
    .nullable(),
});

/**
 * The models that an endpoint lists.
 * @throws EndpointFault when it does not answer, or not with a list; the signal's reason.
 */
export async function listModels(
  connection: EndpointConnection,
  signal: AbortSignal,
): Promise<readonly EndpointModel[]> {
  const { success, data } = listSchema.safeParse(await connection.models(signal));
  if (!success) throw new EndpointFault("garbage", "its list of models has another shape");
  return (data.data ?? []).map(({ id, max_model_len, context_length }) => ({
    id,
    contextLength: max_model_len ?? context_length ?? null,
  }));
}
