import { z } from "zod";
import { LabError } from "../../core/errors";
import { type HostParams, type HostTensor, sizeOf } from "../network/parameters";

/**
 * The safetensors file format: the header's length (8 bytes, little endian), a JSON header, the tensors' bytes
 * (huggingface/safetensors, README.md). Own code rather than `@jax-js/loaders`, which needs `Float16Array` for half precision.
 */

/** How numbers are written. */
export type StoredType = "F32" | "F16";

const BYTES: Readonly<Record<StoredType, number>> = { F32: 4, F16: 2 };

const tensorSchema = z.object({
  dtype: z.enum(["F32", "F16"]),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

const headerSchema = z.object({ __metadata__: z.record(z.string(), z.string()).optional() }).catchall(tensorSchema);

/** What a file holds. */
export interface SafetensorsFile {
  readonly tensors: HostParams;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Writes tensors, in their order, as one file. */
export function writeSafetensors(
  tensors: HostParams,
  storedType: StoredType,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: { format: "pt", ...metadata } };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const begin = end;
    end += data.length * BYTES[storedType];
    header[name] = { dtype: storedType, shape, data_offsets: [begin, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // The data begin at a multiple of 8, as the reference writer has it; spaces may follow the JSON.
  const dataStart = 8 + Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(dataStart + end).fill(0x20, 8, dataStart);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(dataStart - 8), true);
  file.set(json, 8);
  let offset = dataStart;
  for (const { data } of tensors.values()) {
    writeNumbers(view, offset, data, storedType);
    offset += data.length * BYTES[storedType];
  }
  return file;
}

function writeNumbers(view: DataView, offset: number, data: Float32Array, storedType: StoredType): void {
  for (const [i, value] of data.entries()) {
    if (storedType === "F32") view.setFloat32(offset + 4 * i, value, true);
    else view.setUint16(offset + 2 * i, toHalfBits(value), true);
  }
}

/**
 * Reads a file of float32 and float16 tensors; all come back as float32.
 * @throws LabError `model/bad-weights`
 */
export function readSafetensors(file: Uint8Array): SafetensorsFile {
  const { header, dataStart } = readHeader(file);
  const { __metadata__: metadata = {}, ...entries } = header;
  const view = new DataView(file.buffer, file.byteOffset + dataStart, file.byteLength - dataStart);
  const tensors = new Map<string, HostTensor>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(entries)) {
    const [begin, end] = data_offsets;
    const size = sizeOf(shape);
    if (end > view.byteLength || end - begin !== size * BYTES[dtype]) throw badWeights(`${name} is cut off`);
    tensors.set(name, { shape, data: readNumbers(view, begin, size, dtype) });
  }
  return { tensors, metadata };
}

function readHeader(file: Uint8Array) {
  if (file.byteLength < 8) throw badWeights("it is too short");
  const length = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(file.byteLength - 8)) throw badWeights("its header is cut off");
  const dataStart = 8 + Number(length);
  const parsed = headerSchema.safeParse(parseJson(new TextDecoder().decode(file.subarray(8, dataStart))));
  if (!parsed.success) throw badWeights("its header is not readable");
  return { header: parsed.data, dataStart };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readNumbers(view: DataView, offset: number, size: number, storedType: StoredType): Float32Array<ArrayBuffer> {
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    data[i] =
      storedType === "F32" ? view.getFloat32(offset + 4 * i, true) : fromHalfBits(view.getUint16(offset + 2 * i, true));
  }
  return data;
}

function badWeights(detail: string): LabError {
  return new LabError(
    "model/bad-weights",
    `The weights file cannot be read: ${detail}.`,
    "Use a safetensors file with float32 or float16 tensors.",
  );
}

/** The bits of the IEEE 754 half nearest to `value` (ties to even); what is too large becomes infinity. */
export function toHalfBits(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(value) * 2 ** 24);
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** The number that half-precision `bits` stand for. */
export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The number nearest to `value` that a half can hold. */
export function toNearestHalf(value: number): number {
  return fromHalfBits(toHalfBits(value));
}

const scratch = new DataView(new ArrayBuffer(4));

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
