/** Eq. 6 for a batch: run a layer where the action is 1, pass the hidden state on where it is 0. */
import { add, intTensor, mul, type Ops, sub, type Tensor } from "../tensor/mod.ts";
import type { RunLayer } from "./encoder.ts";

/**
 * `h^i = a Trans^i(h^{i-1}) + (1 - a) h^{i-1}`. hidden [B, T, H], action [B] of 0 and 1, off the tape.
 *
 * Where reads are free (`wasm`, `cpu`) only the executing rows are computed, so time falls with the skip rate;
 * elsewhere both branches are mixed and the actions stay on the device. Same numbers either way.
 */
export function executeWhere(ops: Ops, hidden: Tensor, action: Tensor, run: RunLayer): Tensor {
  if (!ops.readsAreFree) return mix(hidden, action, run);
  const rows = [...action.dataSync().keys()].filter((row) => action.dataSync()[row] > 0);
  if (rows.length === 0) return hidden;
  if (rows.length === action.size) return run(hidden);
  const chosen = intTensor(rows, [rows.length]);
  return ops.scatterRows(hidden, chosen, run(ops.gatherRows(hidden, chosen), chosen));
}

/** Eq. 6 with any weight in [0, 1]: soft gates, or hard ones where reading is dear. weight [B]. */
export function mix(hidden: Tensor, weight: Tensor, run: RunLayer): Tensor {
  const w = weight.reshape([-1, 1, 1]);
  return add(mul(w, run(hidden)), mul(sub(1, w), hidden));
}
