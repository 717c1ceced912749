/** What the fused operations ask of their inputs before a kernel sees an address. */
import type { Tensor } from "./tf.ts";

/** Length of the last axis. */
export const lastAxis = (x: Tensor) => x.shape[x.rank - 1];
/** Number of vectors along the last axis. */
export const rowsOf = (x: Tensor) => x.size / lastAxis(x);

/** Throws unless `holds` and all `tensors` are float32: a kernel reads what it is told to, whatever is there. */
export function check(holds: boolean, operation: string, ...tensors: Tensor[]): void {
  if (holds && tensors.every((x) => x.dtype === "float32")) return;
  const given = tensors.map((x) => `${x.dtype} [${x.shape}]`).join(", ");
  throw new Error(`${operation}: these tensors do not fit together: ${given}.`);
}

export const isVector = (x: Tensor, width: number) => x.rank === 1 && x.shape[0] === width;
