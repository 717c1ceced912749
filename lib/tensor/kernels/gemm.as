/**
 * C = A B or C += A B with any strides of A and B, so that no product needs a transposed copy.
 *
 * B goes panel by panel (8 columns, up to 256 rows) through `panel`, which stays in the first cache; A is read in
 * place. The inner kernel holds a block of 6 x 8 of C in registers: twelve independent sums hide a multiply-add's delay.
 */
import { madd } from "./simd";

/** Rows of B in a panel. */
export const depth: i32 = 256;

/**
 * Strides in bytes; C is row-major with rows `rowC` apart. `panel`: 8 KiB of scratch for a panel and 192 bytes for
 * a block of C, which serves where fewer than 8 columns are left.
 */
export function gemm(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  rowA: usize,
  colA: usize,
  b: usize,
  rowB: usize,
  colB: usize,
  c: usize,
  rowC: usize,
  accumulate: bool,
  panel: usize,
): void {
  const edge = panel + (<usize>depth << 5);
  for (let from = 0; from < k; from += depth) {
    const count = min(depth, k - from), add = accumulate || from > 0;
    const left = a + <usize>from * colA, right = b + <usize>from * rowB;
    for (let col = 0; col < n; col += 8) {
      const columns = min(8, n - col), top = c + (<usize>col << 2);
      pack(count, columns, right + <usize>col * colB, rowB, colB, panel);
      for (let row = 0; row < m; row += 6) {
        const start = left + <usize>row * rowA, corner = top + <usize>row * rowC, rows = min(6, m - row);
        if (columns == 8) {
          block(rows, count, start, rowA, colA, panel, corner, rowC, add);
        } else {
          if (add) copyBlock(rows, columns, corner, rowC, edge, 32);
          block(rows, count, start, rowA, colA, panel, edge, 32, add);
          copyBlock(rows, columns, edge, 32, corner, rowC);
        }
      }
    }
  }
}

/** `columns` columns of B as rows of 8 floats, one per row of B; missing columns are 0. */
export function pack(count: i32, columns: i32, b: usize, rowB: usize, colB: usize, panel: usize): void {
  if (columns == 8 && colB == 4) {
    for (let row = 0; row < count; row++, b += rowB, panel += 32) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
    }
    return;
  }
  let row = 0;
  if (columns == 8 && rowB == 4) {
    for (; row + 4 <= count; row += 4, b += 16, panel += 128) {
      transpose4(b, colB, panel);
      transpose4(b + (colB << 2), colB, panel + 16);
    }
  }
  for (; row < count; row++, b += rowB, panel += 32) {
    for (let col = 0; col < 8; col++) {
      const x: f32 = col < columns ? load<f32>(b + <usize>col * colB) : 0;
      store<f32>(panel + (<usize>col << 2), x);
    }
  }
}

/** Four columns, each contiguous and `colB` apart, become four rows that are 32 bytes apart. */
@inline
function transpose4(b: usize, colB: usize, out: usize): void {
  const x = v128.load(b), y = v128.load(b + colB);
  const z = v128.load(b + 2 * colB), w = v128.load(b + 3 * colB);
  const xy = v128.shuffle<f32>(x, y, 0, 4, 1, 5), zw = v128.shuffle<f32>(z, w, 0, 4, 1, 5);
  const xyHigh = v128.shuffle<f32>(x, y, 2, 6, 3, 7), zwHigh = v128.shuffle<f32>(z, w, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f32>(xy, zw, 0, 1, 4, 5));
  v128.store(out, v128.shuffle<f32>(xy, zw, 2, 3, 6, 7), 32);
  v128.store(out, v128.shuffle<f32>(xyHigh, zwHigh, 0, 1, 4, 5), 64);
  v128.store(out, v128.shuffle<f32>(xyHigh, zwHigh, 2, 3, 6, 7), 96);
}

/**
 * Six rows of A times a panel. Where fewer rows remain, the last one is computed again in the place of the missing:
 * its sums are loaded before and stored after all others, so that repeating changes nothing.
 */
function block(
  rows: i32,
  count: i32,
  a: usize,
  rowA: usize,
  colA: usize,
  panel: usize,
  c: usize,
  rowC: usize,
  add: bool,
): void {
  const skip1 = <usize>min(1, rows - 1);
  const skip2 = <usize>min(2, rows - 1);
  const skip3 = <usize>min(3, rows - 1);
  const skip4 = <usize>min(4, rows - 1);
  const skip5 = <usize>min(5, rows - 1);
  let a1 = a + skip1 * rowA;
  let a2 = a + skip2 * rowA;
  let a3 = a + skip3 * rowA;
  let a4 = a + skip4 * rowA;
  let a5 = a + skip5 * rowA;
  const c1 = c + skip1 * rowC;
  const c2 = c + skip2 * rowC;
  const c3 = c + skip3 * rowC;
  const c4 = c + skip4 * rowC;
  const c5 = c + skip5 * rowC;
  let s00 = f32x4.splat(0), s01 = s00;
  let s10 = f32x4.splat(0), s11 = s10;
  let s20 = f32x4.splat(0), s21 = s20;
  let s30 = f32x4.splat(0), s31 = s30;
  let s40 = f32x4.splat(0), s41 = s40;
  let s50 = f32x4.splat(0), s51 = s50;
  if (add) {
    s00 = v128.load(c);
    s01 = v128.load(c, 16);
    s10 = v128.load(c1);
    s11 = v128.load(c1, 16);
    s20 = v128.load(c2);
    s21 = v128.load(c2, 16);
    s30 = v128.load(c3);
    s31 = v128.load(c3, 16);
    s40 = v128.load(c4);
    s41 = v128.load(c4, 16);
    s50 = v128.load(c5);
    s51 = v128.load(c5, 16);
  }
  for (const end = panel + (<usize>count << 5); panel < end; panel += 32) {
    const low = v128.load(panel), high = v128.load(panel, 16);
    const x0 = v128.load32_splat(a);
    s00 = madd(x0, low, s00);
    s01 = madd(x0, high, s01);
    a += colA;
    const x1 = v128.load32_splat(a1);
    s10 = madd(x1, low, s10);
    s11 = madd(x1, high, s11);
    a1 += colA;
    const x2 = v128.load32_splat(a2);
    s20 = madd(x2, low, s20);
    s21 = madd(x2, high, s21);
    a2 += colA;
    const x3 = v128.load32_splat(a3);
    s30 = madd(x3, low, s30);
    s31 = madd(x3, high, s31);
    a3 += colA;
    const x4 = v128.load32_splat(a4);
    s40 = madd(x4, low, s40);
    s41 = madd(x4, high, s41);
    a4 += colA;
    const x5 = v128.load32_splat(a5);
    s50 = madd(x5, low, s50);
    s51 = madd(x5, high, s51);
    a5 += colA;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
  v128.store(c4, s40);
  v128.store(c4, s41, 16);
  v128.store(c5, s50);
  v128.store(c5, s51, 16);
}

/** Copies rows x columns floats between places with different row lengths. */
export function copyBlock(rows: i32, columns: i32, from: usize, rowFrom: usize, to: usize, rowTo: usize): void {
  for (let row = 0; row < rows; row++, from += rowFrom, to += rowTo) {
    memory.copy(to, from, <usize>columns << 2);
  }
}
