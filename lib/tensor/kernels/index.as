/** All kernels. Nothing here allocates or has static data: the module lives in tfjs's memory, every place is given. */
export * from "./adamw";
export { add, addRow, columnSums, multiply, repeatRow, sumOfSquares } from "./elementwise";
export { gelu, geluValues } from "./gelu";
export { gemm } from "./gemm";
export * from "./layer_norm";
export { addPacked, affineRow, packWeight } from "./packed";
export * from "./rows";
export * from "./softmax";

import { writeExpConstants } from "./exp";
import { writeGeluConstants } from "./gelu";

/** Writes the constants that other kernels are given as `table`: 128 bytes. */
export function writeConstants(table: usize): void {
  writeExpConstants(table);
  writeGeluConstants(table);
}
