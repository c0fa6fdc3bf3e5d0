import { z } from "zod";
import { LabError } from "../../core/errors";

const positiveInt = z.int().min(1);

const configSchema = z.object({
  hidden_size: positiveInt,
  intermediate_size: positiveInt,
  num_hidden_layers: positiveInt,
  num_attention_heads: positiveInt,
  vocab_size: positiveInt,
  max_position_embeddings: positiveInt,
  rope_theta: z.number().positive(),
  rms_norm_eps: z.number().positive(),
  tie_word_embeddings: z.literal(true),
});

/** The shape of a model, in the names of Hugging Face's `LlamaConfig`. */
export type ModelConfig = z.infer<typeof configSchema>;

/** The shipped base model's shape but for its vocabulary: 0.85 million parameters. */
export const BASE_SHAPE: Omit<ModelConfig, "vocab_size"> = {
  hidden_size: 128,
  intermediate_size: 352,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  max_position_embeddings: 512,
  rope_theta: 10_000,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
};

/** Numbers of one attention head; even, because rotary embeddings turn pairs. */
export function headSize(config: ModelConfig): number {
  return config.hidden_size / config.num_attention_heads;
}

/**
 * Reads a parsed `config.json`; keys it does not know are ignored.
 * @throws LabError `model/bad-config`
 */
export function parseModelConfig(json: unknown): ModelConfig {
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw badConfig(`${issue?.path.join(".") || "the file"}: ${issue?.message ?? "not readable"}`);
  }
  if (headSize(parsed.data) % 2 !== 0) {
    throw badConfig("hidden_size must be an even multiple of num_attention_heads");
  }
  return parsed.data;
}

/** `config.json` as transformers' `LlamaForCausalLM` reads it. */
export function toHuggingFaceConfig(config: ModelConfig): Record<string, unknown> {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    ...config,
    num_key_value_heads: config.num_attention_heads,
    hidden_act: "silu",
    attention_bias: false,
    mlp_bias: false,
    attention_dropout: 0,
    torch_dtype: "float16",
  };
}

function badConfig(detail: string): LabError {
  return new LabError(
    "model/bad-config",
    `The model's config.json does not describe a model this app can run (${detail}).`,
    "Use the config.json that was saved together with the weights.",
  );
}
