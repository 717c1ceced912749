/** All kernels. Nothing here allocates or has static data: the module lives in tfjs's memory, every place is given. */
export * from "./adamw";
export { attention, attentionGradient, attentionWeights, attentionWeightsGradient } from "./attention";
export { add, addRow, columnSums, multiply, repeatRow, sumOfSquares } from "./elementwise";
export { gelu } from "./gelu";
export { geluValues } from "./gelu_values";
export { gemm, transpose } from "./gemm";
export * from "./layer_norm";
export { normValues } from "./norm_values";
export { addPacked, affineRow, packWeight } from "./packed";
export * from "./rows";
export * from "./softmax";

import { setAttentionConstants } from "./attention";
import { setExpConstants } from "./exp";
import { setGeluConstants } from "./gelu";
import { setGeluValueConstants } from "./gelu_values";

/** To be called once, before anything else. */
export function setConstants(): void {
  setAttentionConstants();
  setExpConstants();
  setGeluConstants();
  setGeluValueConstants();
}
