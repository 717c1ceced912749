import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import { samePicture } from "./picture.ts";

/** A PNG of 2 x 3 pixels; each line's bytes are predicted by the kind of filter given. */
function png(pixels: number[], kinds = [0, 0, 0], width = 2): Uint8Array {
  const stride = 4 * width, lines: number[] = [];
  const at = (row: number, column: number) => row < 0 || column < 0 ? 0 : pixels[row * stride + column];
  kinds.forEach((kind, row) => {
    lines.push(kind);
    for (let column = 0; column < stride; column++) {
      const [left, above, corner] = [at(row, column - 4), at(row - 1, column), at(row - 1, column - 4)];
      const guess = [0, left, above, Math.floor((left + above) / 2), paeth(left, above, corner)][kind];
      lines.push((at(row, column) - guess) & 255);
    }
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(kinds.length, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.from(lines)))]);
}

/** The neighbour that left + above - corner is nearest to, in this order. */
function paeth(left: number, above: number, corner: number): number {
  const distance = (value: number) => Math.abs(left + above - corner - value);
  return [left, above, corner].reduce((best, value) => distance(value) < distance(best) ? value : best);
}

/** Checksums are not read, so they are left zero. */
function chunk(name: string, data: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  return Buffer.concat([size, Buffer.from(name, "latin1"), data, Buffer.alloc(4)]);
}

const pixels = Array.from({ length: 24 }, (_, at) => (at * 37) % 251);

Deno.test("samePicture sees through every kind of line filter", () => {
  for (const kinds of [[1, 1, 1], [2, 2, 2], [3, 3, 3], [4, 4, 4], [4, 2, 3]]) {
    assert(samePicture(png(pixels), png(pixels, kinds)), kinds.join());
  }
});

Deno.test("samePicture forgives the rounding of another processor and no other ink", () => {
  const changed = (by: number) => pixels.map((value, at) => at === 13 ? value + by : value);
  assert.equal(pixels[13], 230); // 481 mod 251
  assert(samePicture(png(pixels), png(changed(-3))));
  assert(!samePicture(png(pixels), png(changed(-40))));
});

Deno.test("samePicture refuses another size, a cut file and what is no PNG", () => {
  assert(!samePicture(png(pixels), png(pixels.slice(0, 16), [0, 0])));
  assert(!samePicture(png(pixels), png(pixels).subarray(0, 40)));
  assert(!samePicture(png(pixels), new Uint8Array(0)));
});
