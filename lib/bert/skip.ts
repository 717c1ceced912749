/** Eq. 6 for a batch: run a layer where the action is 1, pass the hidden state on where it is 0. */
import type { Forward } from "../tensor/mod.ts";
import type { RunLayer } from "./encoder.ts";

/**
 * `h^i = a Trans^i(h^{i-1}) + (1 - a) h^{i-1}`. hidden [B, T, H], action [B] of 0 and 1, off the tape.
 *
 * Where reads are free (`wasm`, `cpu`) only the executing rows are computed, so time falls with the skip rate. On
 * `webgpu` a single example reads its one action and skips; a batch mixes both branches, and the actions stay on the
 * device. Same numbers either way.
 */
export function executeWhere<X>(ops: Forward<X>, hidden: X, action: X, run: RunLayer<X>): X {
  const actions = ops.valuesNow(action);
  if (!actions) return mix(ops, hidden, action, run);
  const rows = [...actions.keys()].filter((row) => actions[row] > 0);
  if (rows.length === 0) return hidden;
  if (rows.length === actions.length) return run(hidden);
  const chosen = ops.ints(Int32Array.from(rows), [rows.length]);
  return ops.scatterRows(hidden, chosen, run(ops.gatherRows(hidden, chosen), chosen));
}

/** Eq. 6 with any weight in [0, 1]: soft gates, or hard ones where reading is dear. weight [B]. */
export function mix<X>(ops: Forward<X>, hidden: X, weight: X, run: RunLayer<X>): X {
  return ops.mix(weight, run(hidden), hidden);
}
