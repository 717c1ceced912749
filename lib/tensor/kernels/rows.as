/** Rows of a matrix by index (int32): embeddings and the compaction of a batch. `width` in floats. */
import { add } from "./elementwise";
import { put, take } from "./simd";

/** The first position in `index` [count] that names no row of `rows`; -1 where all do. */
export function firstOutside(count: i32, index: usize, rows: i32): i32 {
  for (let i = 0; i < count; i++) {
    if (<u32>load<i32>(index + (<usize>i << 2)) >= <u32>rows) return i;
  }
  return -1;
}

/** out[i] = x[index[i]]. */
export function gatherRows(count: i32, width: i32, x: usize, index: usize, out: usize): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < count; i++, index += 4, out += bytes) {
    memory.copy(out, x + <usize>load<i32>(index) * bytes, bytes);
  }
}

/** out[index[i]] = x[i]. */
export function placeRows(count: i32, width: i32, x: usize, index: usize, out: usize): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < count; i++, index += 4, x += bytes) {
    memory.copy(out + <usize>load<i32>(index) * bytes, x, bytes);
  }
}

/** out[index[i]] += x[i], in the order of i. */
export function addRows(count: i32, width: i32, x: usize, index: usize, out: usize): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < count; i++, index += 4, x += bytes) {
    const row = out + <usize>load<i32>(index) * bytes;
    add(width, row, x, row);
  }
}

/** out[index[i]] = 0. */
export function clearRows(count: i32, width: i32, index: usize, out: usize): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < count; i++, index += 4) memory.fill(out + <usize>load<i32>(index) * bytes, 0, bytes);
}

/** Copies rows of `width` floats between places where they are `rowFrom` and `rowTo` bytes apart. */
export function copyRows(rows: i32, width: i32, from: usize, rowFrom: usize, to: usize, rowTo: usize): void {
  const whole = <usize>(width & ~3) << 2, rest = width & 3;
  for (; rows > 0; rows--, from += rowFrom, to += rowTo) {
    for (let i: usize = 0; i < whole; i += 16) v128.store(to + i, v128.load(from + i));
    if (rest > 0) put(to + whole, take(from + whole, rest), rest);
  }
}
