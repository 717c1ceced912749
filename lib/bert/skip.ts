/** Eq. 6 for a batch: run a layer where the action is 1, pass the hidden state on where it is 0. */
import { add, intTensor, mul, type Ops, sub, type Tensor } from "../tensor/mod.ts";
import type { RunLayer } from "./encoder.ts";

/**
 * `h^i = a Trans^i(h^{i-1}) + (1 - a) h^{i-1}`. hidden [B, T, H], action [B] of 0 and 1, off the tape.
 *
 * Where reads are free (`wasm`, `cpu`) only the executing rows are computed, so time falls with the skip rate. On
 * `webgpu` a single example reads its one action and skips; a batch mixes both branches, and the actions stay on the
 * device. Same numbers either way.
 */
export function executeWhere(ops: Ops, hidden: Tensor, action: Tensor, run: RunLayer): Tensor {
  const canRead = ops.readsAreFree || (action.size === 1 && ops.readsSmallNow);
  if (!canRead) return mix(hidden, action, run);
  const actions = action.dataSync();
  const rows = [...actions.keys()].filter((row) => actions[row] > 0);
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
