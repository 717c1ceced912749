/** Whether two PNG files show the same picture: their bytes may differ between processors, what is seen may not. */
import { inflateSync } from "node:zlib";
import { Buffer } from "node:buffer";

interface Pixels {
  width: number;
  height: number;
  /** Red, green, blue and opacity of each pixel, row by row. */
  bytes: Uint8Array;
}

/** Rounding of another processor moves a channel by a few of 255; another number moves ink. */
const tolerance = 16;

/** True if both are PNG files of one size and no channel of any pixel differs by more than rounding would. */
export function samePicture(one: Uint8Array, other: Uint8Array): boolean {
  if (Buffer.compare(one, other) === 0) return true;
  const [a, b] = [readPixels(one), readPixels(other)];
  if (!a || !b || a.width !== b.width || a.height !== b.height) return false;
  return a.bytes.every((byte, at) => Math.abs(byte - b.bytes[at]) <= tolerance);
}

const signature = "89504e470d0a1a0a";

/** The pixels of a PNG as resvg writes it (8 bits, RGBA, not interlaced); null for anything else. */
function readPixels(png: Uint8Array): Pixels | null {
  const file = Buffer.from(png);
  if (file.subarray(0, 8).toString("hex") !== signature || file.length < 33) return null;
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  if (file.subarray(24, 29).toString("hex") !== "0806000000") return null;
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= file.length;) {
    const size = file.readUInt32BE(at);
    if (file.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(file.subarray(at + 8, at + 8 + size));
    at += 12 + size;
  }
  try {
    const lines = inflateSync(Buffer.concat(parts));
    return lines.length === (4 * width + 1) * height
      ? { width, height, bytes: unfiltered(lines, width, height) }
      : null;
  } catch {
    return null; // cut off or damaged
  }
}

/** Undoes PNG's prediction of a byte from its neighbours (PNG specification, section 9). */
function unfiltered(lines: Uint8Array, width: number, height: number): Uint8Array {
  const stride = 4 * width, bytes = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++) {
    const kind = lines[row * (stride + 1)], start = row * stride;
    for (let column = 0; column < stride; column++) {
      const left = column < 4 ? 0 : bytes[start + column - 4];
      const above = row === 0 ? 0 : bytes[start + column - stride];
      const corner = row === 0 || column < 4 ? 0 : bytes[start + column - stride - 4];
      bytes[start + column] = lines[row * (stride + 1) + 1 + column] +
        predicted(kind, left, above, corner);
    }
  }
  return bytes;
}

function predicted(kind: number, left: number, above: number, corner: number): number {
  if (kind === 1) return left;
  if (kind === 2) return above;
  if (kind === 3) return (left + above) >> 1;
  if (kind !== 4) return 0;
  const estimate = left + above - corner;
  const [a, b, c] = [left, above, corner].map((value) => Math.abs(estimate - value));
  return a <= b && a <= c ? left : b <= c ? above : corner;
}
