/**
 * The kernels of kernels/ (AssemblyScript, compiled to WebAssembly) from the host's side: which of their files an engine can run,
 * the memory they share, the threads that run them, and where in the memory what lies.
 */
import { LabError } from "../../core/errors";
import { headSize, type ModelConfig } from "../network/config";
import { type HostParams, parameterCount, parameterShapes } from "../network/parameters";

/** What the kernels can be asked to do; the numbers are those of kernels/index.ts. */
const COMMANDS = {
  pack: 1,
  forward: 2,
  crossEntropy: 3,
  backward: 4,
  clear: 5,
  update: 6,
  prefill: 7,
  step: 8,
  leave: 9,
} as const;

export type Command = keyof typeof COMMANDS;

/** The buffers, in the order of `place` in kernels/index.ts. */
const PLACES = [
  ...["arguments", "params", "rotary", "gradients", "firstMoments", "secondMoments", "ranges", "settings"],
  ...["trainTokens", "trainPositions", "targets", "texts", "lossWeights", "losses"],
  ...["hidden", "logits", "dHidden", "dLogits"],
  ...["tokens", "positions", "prompts", "rowRanges", "nextLogits", "hits"],
] as const;

export type Place = (typeof PLACES)[number];

/** What there is to be room for. */
export interface KernelRoom {
  /** Numbers behind the network's parameters: extra heads. */
  readonly extraParams: number;
  /** Most tokens of a training batch; 0 for no training. */
  readonly trainTokens: number;
  /** Tokens whose keys and values are kept; 0 for no decoding. */
  readonly slots: number;
  /** Most tokens of one pass of decoding. */
  readonly passTokens: number;
}

/** Where the kernels' files come from: the bytes of `fixed.wasm`, `relaxed-threads.wasm` and so on. */
export type FetchKernels = (name: string) => Promise<BufferSource>;

/**
 * From a folder of this address, which ends with a slash.
 * @throws LabError `model/no-backend` when the file is not there.
 */
export function fetchKernelsFrom(folder: string): FetchKernels {
  return async (name) => {
    const response = await fetch(new URL(name, folder));
    if (!response.ok) throw cannotRun(`${name} cannot be loaded (${response.status})`);
    return response.arrayBuffer();
  };
}

/** What a thread is started with. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly layout: readonly number[];
  readonly index: number;
  readonly threads: number;
  readonly patienceMs: number;
}

/** What the kernels export. */
export interface KernelExports {
  configure(...layout: number[]): number;
  enter(thread: number, threads: number, patienceMs: number): void;
  run(command: number, argument: number): void;
  runAlone(command: number, argument: number): void;
  work(): void;
  place(which: number): number;
  copySlots(from: number, to: number, count: number): void;
}

/** A function whose body is one instruction of relaxed SIMD: whoever can run it has fused multiply-add, or something as good. */
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11],
);
/** The same with an instruction of fixed-width SIMD. */
const SIMD_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 123, 123, 1, 123, 3, 2, 1, 0],
  ...[10, 11, 1, 9, 0, 32, 0, 32, 1, 253, 228, 1, 11],
);

/** Whether this engine can run the kernels at all. */
export function canRunKernels(): boolean {
  return WebAssembly.validate(SIMD_PROBE);
}

/** The numbers of a head's half are turned four at a time, and rows are read four numbers at a time. */
export function fitsKernels(config: ModelConfig): boolean {
  return headSize(config) % 8 === 0 && config.hidden_size % 4 === 0 && config.intermediate_size % 4 === 0;
}

/** A thread that has been started. */
export interface Thread {
  /** Rejects when it does not start. */
  readonly ready: Promise<void>;
  terminate(): void;
}

/** Starts a thread. */
export type StartThread = (start: ThreadStart, onDeath: (why: string) => void) => Thread;

/** The threads that kernels run on. */
export interface Threading {
  /** How many, with the one that runs the kernels; more than 1 only where memory can be shared and that one may block. */
  readonly count: number;
  readonly start: StartThread;
  /** Wall milliseconds after which a thread that the others wait for counts as gone. */
  readonly patienceMs: number;
}

/** Kernels that are ready, over one memory. */
export class Kernels {
  readonly #exports: KernelExports;
  readonly #memory: WebAssembly.Memory;
  readonly #helpers: readonly Thread[];
  #death: string | null = null;

  private constructor(
    readonly config: ModelConfig,
    readonly room: KernelRoom,
    parts: { readonly exports: KernelExports; readonly memory: WebAssembly.Memory },
    startHelpers: (onDeath: (why: string) => void) => readonly Thread[],
  ) {
    this.#exports = parts.exports;
    this.#memory = parts.memory;
    this.#helpers = startHelpers((why) => {
      this.#death ??= why;
    });
  }

  /**
   * Loads and lays out the kernels.
   * @throws LabError `model/no-backend` when this engine cannot run them or gives too little memory.
   */
  static async start(
    config: ModelConfig,
    room: KernelRoom,
    fetchKernels: FetchKernels,
    { count: threads, start: startThread, patienceMs }: Threading,
  ): Promise<Kernels> {
    if (!canRunKernels()) throw cannotRun("this browser has no SIMD instructions");
    if (!fitsKernels(config)) throw cannotRun("the model's sizes are no multiples of 8");
    const isShared = threads > 1;
    const name = `${WebAssembly.validate(RELAXED_PROBE) ? "relaxed" : "fixed"}${isShared ? "-threads" : ""}.wasm`;
    const module = await WebAssembly.compile(await fetchKernels(name));
    const memory = new WebAssembly.Memory(isShared ? { initial: 1, maximum: 16_384, shared: true } : { initial: 1 });
    const exports = instantiate(module, memory);
    const layout = [
      ...[config.hidden_size, config.intermediate_size, config.num_hidden_layers, config.num_attention_heads],
      ...[config.vocab_size, config.rms_norm_eps, config.max_position_embeddings, room.extraParams],
      ...[room.trainTokens, room.slots, room.passTokens, threads],
    ];
    const end = exports.configure(...layout);
    try {
      memory.grow(Math.ceil(end / 65_536));
    } catch {
      throw cannotRun(`it needs ${Math.round(end / 2 ** 20)} MiB of memory`);
    }
    exports.enter(0, threads, patienceMs);
    const kernels = new Kernels(config, room, { exports, memory }, (onDeath) =>
      Array.from({ length: threads - 1 }, (_, i) =>
        startThread({ module, memory, layout, index: i + 1, threads, patienceMs }, onDeath),
      ),
    );
    try {
      await Promise.all(kernels.#helpers.map(({ ready }) => ready));
    } catch (cause) {
      kernels.dispose();
      throw cannotRun(`a thread does not start (${cause instanceof Error ? cause.message : String(cause)})`);
    }
    kernels.floats("rotary", config.max_position_embeddings * headSize(config)).set(rotaryTables(config));
    return kernels;
  }

  /** How many threads work, this one included. */
  get threads(): number {
    return this.#helpers.length + 1;
  }

  /** Numbers of the network's parameters and of the extra ones. */
  get paramCount(): number {
    return parameterCount(this.config) + this.room.extraParams;
  }

  /** `count` float32 numbers of a buffer; writing to them is how the kernels are given something. */
  floats(place: Place, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, this.#exports.place(PLACES.indexOf(place)), count);
  }

  /** The same as int32. */
  ints(place: Place, count: number): Int32Array {
    return new Int32Array(this.#memory.buffer, this.#exports.place(PLACES.indexOf(place)), count);
  }

  /**
   * Runs a command on all threads.
   * @param more further whole numbers that it reads.
   * @throws LabError `model/thread-died` when a thread is gone; what was being computed is lost.
   */
  run(command: Command, argument: number, ...more: readonly number[]): void {
    if (this.#death !== null) throw threadDied(this.#death);
    this.ints("arguments", more.length).set(more);
    try {
      this.#exports.run(COMMANDS[command], argument);
    } catch (thrown) {
      this.#death = thrown instanceof Error ? thrown.message : String(thrown);
      throw threadDied(this.#death);
    }
  }

  /** Runs a command that no thread's death may interrupt, on this thread alone. */
  runAlone(command: Command, argument: number): void {
    this.#exports.runAlone(COMMANDS[command], argument);
  }

  /** Whether a thread is gone: then nothing runs any more. */
  get isDead(): boolean {
    return this.#death !== null;
  }

  /** Puts the network's weights into their places; others are left out. */
  writeParams(weights: HostParams): void {
    const params = this.floats("params", this.paramCount);
    let at = 0;
    for (const name of parameterShapes(this.config).keys()) {
      const data = weights.get(name)?.data ?? new Float32Array(0);
      params.set(data, at);
      at += data.length;
    }
    this.run("pack", 0);
  }

  /** Copies the keys and values of slots. */
  copySlots(from: number, to: number, count: number): void {
    this.#exports.copySlots(from, to, count);
  }

  /** Ends the threads; the memory goes with the last reference to it. */
  dispose(): void {
    for (const helper of this.#helpers) helper.terminate();
  }
}

/** An instance of the kernels over a memory. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const abort = () => {
    throw new Error("the kernels gave up");
  };
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as KernelExports;
}

/** Cosines, then sines, each [positions, S / 2] (Su et al. 2021, transformers' half-split order). */
function rotaryTables(config: ModelConfig): Float32Array {
  const half = headSize(config) / 2;
  const positions = config.max_position_embeddings;
  const tables = new Float32Array(2 * positions * half);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * Math.exp((-Math.log(config.rope_theta) / half) * i);
      tables[position * half + i] = Math.cos(angle);
      tables[(positions + position) * half + i] = Math.sin(angle);
    }
  }
  return tables;
}

function cannotRun(why: string): LabError {
  return new LabError(
    "model/no-backend",
    `The fast kernels cannot run here: ${why}.`,
    "Leave the choice of the backend to the app.",
  );
}

function threadDied(why: string): LabError {
  return new LabError("model/thread-died", `A thread of the model stopped: ${why}.`, "Run again.");
}
