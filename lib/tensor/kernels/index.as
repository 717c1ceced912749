/** All kernels. Nothing here allocates or has static data: the module lives in tfjs's memory, every place is given. */
export * from "./adamw";
export { add, addRow, columnSums, multiply, repeatRow, sumOfSquares } from "./elementwise";
export { gelu } from "./gelu";
export { geluValues } from "./gelu_values";
export { gemm } from "./gemm";
export * from "./layer_norm";
export { normValues } from "./norm_values";
export { addPacked, affineRow, packWeight } from "./packed";
export * from "./rows";
export * from "./softmax";

import { writeExpConstants } from "./exp";
import { writeGeluConstants } from "./gelu";
import { writeGeluValueConstants } from "./gelu_values";

/** Writes the constants that other kernels are given as `table`: 192 bytes. */
export function writeConstants(table: usize): void {
  writeExpConstants(table);
  writeGeluConstants(table);
  writeGeluValueConstants(table + 128);
}
