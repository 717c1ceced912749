/**
 * C = A B or C += A B with any strides of A and B, so that no product needs a transposed copy.
 *
 * The inner kernel holds a block of 4 x 8 of C in registers and adds to it, step by step along the inner axis, four
 * neighbours of A times eight of B: three loads, each with its bounds check, for eight multiply-adds. A therefore goes
 * through `strips` of four rows and B through panels of eight columns, each with one step after the other, except where
 * they already lie so.
 */
import { copyRows } from "./rows";
import { madd } from "./simd";

/** Steps along the inner axis that are packed at a time. */
export const depth: i32 = 256;
/** Rows of A that are packed at a time. */
export const height: i32 = 64;

/** Where scratch holds an edge of C (128 bytes) and the strips (64 KiB); a panel (8 KiB) is at its start. */
export const edgeAt: usize = 8192;
export const stripsAt: usize = edgeAt + 128;

/** Strides in bytes; C is row-major with rows `rowC` apart. */
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
  scratch: usize,
): void {
  const isStrips = rowA == 4 && (m & 3) == 0, rows = isStrips ? m : height;
  for (let row = 0; row < m; row += rows) {
    const high = min(rows, m - row);
    for (let from = 0; from < k; from += depth) {
      const count = min(depth, k - from), add = accumulate || from > 0;
      let left = a + <usize>row * rowA + <usize>from * colA, next = colA, apart: usize = 16;
      if (!isStrips) {
        packStrips(high, count, left, rowA, colA, scratch + stripsAt);
        left = scratch + stripsAt;
        next = 16;
        apart = <usize>count << 4;
      }
      for (let col = 0; col < n; col += 8) {
        const columns = min(8, n - col);
        let right = b + <usize>from * rowB + <usize>col * colB, stride = rowB;
        if (columns < 8 || colB != 4 || m > height) {
          pack(8, count, columns, right, rowB, colB, scratch);
          right = scratch;
          stride = 32;
        }
        const corner = c + <usize>row * rowC + (<usize>col << 2);
        multiply(high, columns, count, left, next, apart, right, stride, corner, rowC, add, scratch + edgeAt);
      }
    }
  }
}

/** A's rows in strips of four; missing ones are 0. */
export function packStrips(rows: i32, count: i32, a: usize, rowA: usize, colA: usize, strips: usize): void {
  for (; rows > 0; rows -= 4, a += rowA << 2, strips += <usize>count << 4) {
    pack(4, count, min(4, rows), a, colA, rowA, strips);
  }
}

/** out [columns, rows] = the transpose of x, whose rows are `rowX` apart. */
export function transpose(rows: i32, columns: i32, x: usize, rowX: usize, out: usize): void {
  const rowOut = <usize>rows << 2;
  for (let row = 0; row < rows; row += 4, x += rowX << 2, out += 16) {
    const high = min(4, rows - row);
    let column = 0;
    if (high == 4) {
      for (; column + 4 <= columns; column += 4) {
        transpose4(x + (<usize>column << 2), rowX, out + <usize>column * rowOut, rowOut);
      }
    }
    for (; column < columns; column++) {
      packStep(high, high, x + (<usize>column << 2), rowX, out + <usize>column * rowOut);
    }
  }
}

/** `given` numbers `apart` for each of `count` steps, as rows of `width` (4 or 8) floats; missing numbers are 0. */
@inline
export function pack(width: i32, count: i32, given: i32, x: usize, next: usize, apart: usize, out: usize): void {
  const bytes = <usize>width << 2;
  let step = 0;
  if (given == width && apart == 4) {
    for (; step < count; step++, x += next, out += bytes) {
      v128.store(out, v128.load(x));
      if (width == 8) v128.store(out, v128.load(x, 16), 16);
    }
  } else if (given == width && next == 4) {
    for (; step + 4 <= count; step += 4, x += 16, out += bytes << 2) {
      transpose4(x, apart, out, bytes);
      if (width == 8) transpose4(x + (apart << 2), apart, out + 16, bytes);
    }
  }
  for (; step < count; step++, x += next, out += bytes) packStep(width, given, x, apart, out);
}

function packStep(width: i32, given: i32, x: usize, apart: usize, out: usize): void {
  for (let i = 0; i < width; i++) {
    store<f32>(out + (<usize>i << 2), i < given ? load<f32>(x + <usize>i * apart) : 0);
  }
}

/** Four rows of four, `apart`, become four columns: rows `next` apart. */
@inline
function transpose4(x: usize, apart: usize, out: usize, next: usize): void {
  const a = v128.load(x), b = v128.load(x + apart);
  const c = v128.load(x + 2 * apart), d = v128.load(x + 3 * apart);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7), cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(out + next, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(out + 2 * next, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  v128.store(out + 3 * next, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}

/**
 * Strips of A, `apart`, times a panel of B. Where C has fewer than four rows or eight columns left, the block is made
 * in `edge` (128 bytes).
 */
export function multiply(
  rows: i32,
  columns: i32,
  count: i32,
  strip: usize,
  next: usize,
  apart: usize,
  panel: usize,
  stride: usize,
  c: usize,
  rowC: usize,
  add: bool,
  edge: usize,
): void {
  for (; rows > 0; rows -= 4, strip += apart, c += rowC << 2) {
    if (rows >= 4 && columns == 8) {
      block(count, strip, next, panel, stride, c, rowC, add);
    } else {
      const high = min(4, rows);
      if (add) copyRows(high, columns, c, rowC, edge, 32);
      block(count, strip, next, panel, stride, edge, 32, add);
      copyRows(high, columns, edge, 32, c, rowC);
    }
  }
}

/** Four rows of A, `next` from step to step, times eight columns of B, `stride` from step to step. */
@inline
function block(
  count: i32,
  strip: usize,
  next: usize,
  panel: usize,
  stride: usize,
  c: usize,
  rowC: usize,
  add: bool,
): void {
  const c1 = c + rowC, c2 = c1 + rowC, c3 = c2 + rowC;
  let s00 = f32x4.splat(0), s01 = s00;
  let s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00;
  let s30 = s00, s31 = s00;
  if (add) {
    s00 = v128.load(c);
    s01 = v128.load(c, 16);
    s10 = v128.load(c1);
    s11 = v128.load(c1, 16);
    s20 = v128.load(c2);
    s21 = v128.load(c2, 16);
    s30 = v128.load(c3);
    s31 = v128.load(c3, 16);
  }
  for (; count > 0; count--, strip += next, panel += stride) {
    const x = v128.load(strip), low = v128.load(panel), high = v128.load(panel, 16);
    const x0 = v128.shuffle<f32>(x, x, 0, 0, 0, 0);
    s00 = madd(x0, low, s00);
    s01 = madd(x0, high, s01);
    const x1 = v128.shuffle<f32>(x, x, 1, 1, 1, 1);
    s10 = madd(x1, low, s10);
    s11 = madd(x1, high, s11);
    const x2 = v128.shuffle<f32>(x, x, 2, 2, 2, 2);
    s20 = madd(x2, low, s20);
    s21 = madd(x2, high, s21);
    const x3 = v128.shuffle<f32>(x, x, 3, 3, 3, 3);
    s30 = madd(x3, low, s30);
    s31 = madd(x3, high, s31);
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}
