/**
 * Y += X W^T for a weight that is multiplied again and again: its panels are packed once, the rest is as in `gemm`.
 */
import { depth, edgeAt, height, multiply, pack, packStrips, stripsAt } from "./gemm";
import { dot } from "./simd";

/** Lays weight [outputs, inputs] out in panels; `packed` has room for `inputs` times `outputs`, rounded up to 8. */
export function packWeight(outputs: i32, inputs: i32, weight: usize, packed: usize): void {
  for (let from = 0; from < inputs; from += depth) {
    const count = min(depth, inputs - from);
    for (let col = 0; col < outputs; col += 8) {
      const start = weight + ((<usize>col * inputs + from) << 2);
      pack(8, count, min(8, outputs - col), start, 4, <usize>inputs << 2, packed);
      packed += <usize>count << 5;
    }
  }
}

/** y [outputs] = W x + bias for a single row x, read where W lies: nothing is used twice, so packing would not pay. */
export function affineRow(outputs: i32, inputs: i32, x: usize, weight: usize, bias: usize, y: usize): void {
  for (const end = y + (<usize>outputs << 2); y < end; y += 4, bias += 4, weight += <usize>inputs << 2) {
    store<f32>(y, dot(inputs, x, weight) + load<f32>(bias));
  }
}

/** y [rows, outputs] += x [rows, inputs] W^T. `scratch`: as `gemm`'s. */
export function addPacked(
  rows: i32,
  outputs: i32,
  inputs: i32,
  x: usize,
  packed: usize,
  y: usize,
  scratch: usize,
): void {
  const rowX = <usize>inputs << 2, rowY = <usize>outputs << 2, strips = scratch + stripsAt;
  for (let from = 0; from < inputs; from += depth) {
    const count = min(depth, inputs - from), panels = packed + <usize>from * ((<usize>outputs + 7) & ~7) * 4;
    for (let row = 0; row < rows; row += height) {
      const high = min(height, rows - row), apart = <usize>count << 4;
      packStrips(high, count, x + <usize>row * rowX + (<usize>from << 2), rowX, 4, strips);
      let panel = panels, corner = y + <usize>row * rowY;
      for (let col = 0; col < outputs; col += 8, panel += <usize>count << 5, corner += 32) {
        multiply(high, min(8, outputs - col), count, strips, 16, apart, panel, 32, corner, rowY, true, scratch + edgeAt);
      }
    }
  }
}
