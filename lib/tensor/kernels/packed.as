/**
 * Y += X W^T for a weight that is multiplied again and again: packed once, and read row by row of X as inference has
 * it. As in `gemm`, but nothing is packed per call, and X's rows are contiguous.
 */
import { copyBlock, depth, pack } from "./gemm";
import { dot, madd } from "./simd";

/** Columns of W^T (outputs) in a panel. */
const width: i32 = 8;

/** Lays weight [outputs, inputs] out in panels; `packed` has room for `inputs` times `outputs`, rounded up to 8. */
export function packWeight(outputs: i32, inputs: i32, weight: usize, packed: usize): void {
  for (let from = 0; from < inputs; from += depth) {
    const count = min(depth, inputs - from);
    for (let col = 0; col < outputs; col += width) {
      const start = weight + ((<usize>col * inputs + from) << 2);
      pack(count, min(width, outputs - col), start, 4, <usize>inputs << 2, packed);
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

/** y [rows, outputs] += x [rows, inputs] W^T. `edge`: 192 bytes of scratch. */
export function addPacked(
  rows: i32,
  outputs: i32,
  inputs: i32,
  x: usize,
  packed: usize,
  y: usize,
  edge: usize,
): void {
  const rowX = <usize>inputs << 2, rowY = <usize>outputs << 2;
  for (let from = 0; from < inputs; from += depth) {
    const count = min(depth, inputs - from), left = x + (<usize>from << 2);
    for (let col = 0; col < outputs; col += width) {
      const columns = min(width, outputs - col), top = y + (<usize>col << 2);
      for (let row = 0; row < rows; row += 6) {
        const start = left + <usize>row * rowX, corner = top + <usize>row * rowY, high = min(6, rows - row);
        if (columns == width) {
          block(high, count, start, rowX, packed, corner, rowY);
        } else {
          copyBlock(high, columns, corner, rowY, edge, 32);
          block(high, count, start, rowX, packed, edge, 32);
          copyBlock(high, columns, edge, 32, corner, rowY);
        }
      }
      packed += <usize>count << 5;
    }
  }
}

/** Up to six rows of X times a panel; missing rows repeat the last one, as in `gemm`. */
function block(rows: i32, count: i32, x: usize, rowX: usize, panel: usize, y: usize, rowY: usize): void {
  const skip1 = <usize>min(1, rows - 1);
  const skip2 = <usize>min(2, rows - 1);
  const skip3 = <usize>min(3, rows - 1);
  const skip4 = <usize>min(4, rows - 1);
  const skip5 = <usize>min(5, rows - 1);
  const y1 = y + skip1 * rowY;
  const y2 = y + skip2 * rowY;
  const y3 = y + skip3 * rowY;
  const y4 = y + skip4 * rowY;
  const y5 = y + skip5 * rowY;
  let x1 = x + skip1 * rowX;
  let x2 = x + skip2 * rowX;
  let x3 = x + skip3 * rowX;
  let x4 = x + skip4 * rowX;
  let x5 = x + skip5 * rowX;
  let s00 = v128.load(y), s01 = v128.load(y, 16);
  let s10 = v128.load(y1), s11 = v128.load(y1, 16);
  let s20 = v128.load(y2), s21 = v128.load(y2, 16);
  let s30 = v128.load(y3), s31 = v128.load(y3, 16);
  let s40 = v128.load(y4), s41 = v128.load(y4, 16);
  let s50 = v128.load(y5), s51 = v128.load(y5, 16);
  let low: v128, high: v128, v: v128;
  const end = panel + (<usize>count << 5);
  for (const whole = panel + (<usize>(count & ~3) << 5); panel < whole; panel += 128) {
    low = v128.load(panel);
    high = v128.load(panel, 16);
    v = v128.load32_splat(x);
    s00 = madd(v, low, s00);
    s01 = madd(v, high, s01);
    v = v128.load32_splat(x1);
    s10 = madd(v, low, s10);
    s11 = madd(v, high, s11);
    v = v128.load32_splat(x2);
    s20 = madd(v, low, s20);
    s21 = madd(v, high, s21);
    v = v128.load32_splat(x3);
    s30 = madd(v, low, s30);
    s31 = madd(v, high, s31);
    v = v128.load32_splat(x4);
    s40 = madd(v, low, s40);
    s41 = madd(v, high, s41);
    v = v128.load32_splat(x5);
    s50 = madd(v, low, s50);
    s51 = madd(v, high, s51);
    low = v128.load(panel, 32);
    high = v128.load(panel, 48);
    v = v128.load32_splat(x, 4);
    s00 = madd(v, low, s00);
    s01 = madd(v, high, s01);
    v = v128.load32_splat(x1, 4);
    s10 = madd(v, low, s10);
    s11 = madd(v, high, s11);
    v = v128.load32_splat(x2, 4);
    s20 = madd(v, low, s20);
    s21 = madd(v, high, s21);
    v = v128.load32_splat(x3, 4);
    s30 = madd(v, low, s30);
    s31 = madd(v, high, s31);
    v = v128.load32_splat(x4, 4);
    s40 = madd(v, low, s40);
    s41 = madd(v, high, s41);
    v = v128.load32_splat(x5, 4);
    s50 = madd(v, low, s50);
    s51 = madd(v, high, s51);
    low = v128.load(panel, 64);
    high = v128.load(panel, 80);
    v = v128.load32_splat(x, 8);
    s00 = madd(v, low, s00);
    s01 = madd(v, high, s01);
    v = v128.load32_splat(x1, 8);
    s10 = madd(v, low, s10);
    s11 = madd(v, high, s11);
    v = v128.load32_splat(x2, 8);
    s20 = madd(v, low, s20);
    s21 = madd(v, high, s21);
    v = v128.load32_splat(x3, 8);
    s30 = madd(v, low, s30);
    s31 = madd(v, high, s31);
    v = v128.load32_splat(x4, 8);
    s40 = madd(v, low, s40);
    s41 = madd(v, high, s41);
    v = v128.load32_splat(x5, 8);
    s50 = madd(v, low, s50);
    s51 = madd(v, high, s51);
    low = v128.load(panel, 96);
    high = v128.load(panel, 112);
    v = v128.load32_splat(x, 12);
    s00 = madd(v, low, s00);
    s01 = madd(v, high, s01);
    v = v128.load32_splat(x1, 12);
    s10 = madd(v, low, s10);
    s11 = madd(v, high, s11);
    v = v128.load32_splat(x2, 12);
    s20 = madd(v, low, s20);
    s21 = madd(v, high, s21);
    v = v128.load32_splat(x3, 12);
    s30 = madd(v, low, s30);
    s31 = madd(v, high, s31);
    v = v128.load32_splat(x4, 12);
    s40 = madd(v, low, s40);
    s41 = madd(v, high, s41);
    v = v128.load32_splat(x5, 12);
    s50 = madd(v, low, s50);
    s51 = madd(v, high, s51);
    x += 16;
    x1 += 16;
    x2 += 16;
    x3 += 16;
    x4 += 16;
    x5 += 16;
  }
  for (; panel < end; panel += 32) {
    low = v128.load(panel);
    high = v128.load(panel, 16);
    v = v128.load32_splat(x);
    s00 = madd(v, low, s00);
    s01 = madd(v, high, s01);
    v = v128.load32_splat(x1);
    s10 = madd(v, low, s10);
    s11 = madd(v, high, s11);
    v = v128.load32_splat(x2);
    s20 = madd(v, low, s20);
    s21 = madd(v, high, s21);
    v = v128.load32_splat(x3);
    s30 = madd(v, low, s30);
    s31 = madd(v, high, s31);
    v = v128.load32_splat(x4);
    s40 = madd(v, low, s40);
    s41 = madd(v, high, s41);
    v = v128.load32_splat(x5);
    s50 = madd(v, low, s50);
    s51 = madd(v, high, s51);
    x += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
    x4 += 4;
    x5 += 4;
  }
  v128.store(y, s00);
  v128.store(y, s01, 16);
  v128.store(y1, s10);
  v128.store(y1, s11, 16);
  v128.store(y2, s20);
  v128.store(y2, s21, 16);
  v128.store(y3, s30);
  v128.store(y3, s31, 16);
  v128.store(y4, s40);
  v128.store(y4, s41, 16);
  v128.store(y5, s50);
  v128.store(y5, s51, 16);
}
