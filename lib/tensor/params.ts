/** Parameter trees: plain records and arrays whose leaves are variables. */
import type { Variable } from "./tf.ts";
import { tf } from "./tf.ts";

/** A record or array of parameters, nested at will. */
export type ParamTree = Variable | { [name: string]: ParamTree } | ParamTree[];

/** A leaf and its dotted path, e.g. `layers.0.qkv.weight`. */
export interface Leaf {
  path: string;
  param: Variable;
}

/** The leaves of a tree in the order of its fields. */
// deno-lint-ignore no-explicit-any
export function leaves(tree: any, prefix = ""): Leaf[] {
  if (tree instanceof tf.Variable) return [{ path: prefix, param: tree }];
  return Object.entries(tree as Record<string, unknown>)
    .flatMap(([name, child]) => leaves(child, prefix ? `${prefix}.${name}` : name));
}

/** Frees every leaf of the tree. */
// deno-lint-ignore no-explicit-any
export function disposeTree(tree: any): void {
  for (const { param } of leaves(tree)) param.dispose();
}

/** The values of a parameter, read back. */
export const readValues = async (param: Variable): Promise<Float32Array> =>
  await param.data() as Float32Array;

/** Replaces a parameter's values; `values` has its size, row-major. */
export function setValues(param: Variable, values: Float32Array): void {
  const next = tf.tensor(values, param.shape, "float32");
  param.assign(next);
  next.dispose();
}
