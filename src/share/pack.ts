import { gunzipSync, gzipSync, strFromU8, strToU8 } from "fflate";
import { LabError } from "../core/errors";

/** Most characters of a packed value, and most bytes it may unpack to: a link is no way to fill a reader's memory. */
const MAX_PACKED_LENGTH = 400_000;
const MAX_UNPACKED_BYTES = 4_000_000;

function corrupt(cause?: unknown): LabError {
  return new LabError(
    "link/corrupt",
    "The packed part of the link (z=) cannot be read.",
    "It was probably cut off when it was copied: ask for the whole link.",
    { cause },
  );
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

/** JSON, gzip with a fixed time stamp (equal values give equal links), base64url. */
export function pack(value: unknown): string {
  return toBase64Url(gzipSync(strToU8(JSON.stringify(value)), { mtime: 0, level: 9 }));
}

/** The size gzip says its content has: the last four bytes, little-endian. */
function unpackedSize(bytes: Uint8Array): number {
  return bytes.length < 18 ? Number.POSITIVE_INFINITY : new DataView(bytes.buffer).getUint32(bytes.length - 4, true);
}

/**
 * The inverse of {@link pack}.
 * @throws LabError `link/corrupt` or `link/too-large`.
 */
export function unpack(text: string): unknown {
  if (text.length > MAX_PACKED_LENGTH) {
    throw new LabError(
      "link/too-large",
      "The packed part of the link (z=) is too long.",
      "Share a file instead of a link.",
    );
  }
  let bytes: Uint8Array;
  try {
    bytes = fromBase64Url(text);
  } catch (error) {
    throw corrupt(error);
  }
  const size = unpackedSize(bytes);
  if (size > MAX_UNPACKED_BYTES) throw corrupt();
  try {
    // With the size given, the decoder fails instead of growing when the stream holds more than it says.
    return JSON.parse(strFromU8(gunzipSync(bytes, { out: new Uint8Array(size) })));
  } catch (error) {
    throw corrupt(error);
  }
}
