/**
 * The forward pass without tensors or tape: values are places in the heap of tfjs's wasm backend, taken from memory that
 * is kept from pass to pass, and weights are laid out once. What each operation means is written in `ops.ts`.
 *
 * A weight is laid out when it is first used; a change of it in place afterwards is not seen.
 */
import { type Arena, arena } from "./arena.ts";
import type { Attention } from "./attention.ts";
import { at, copyFloats, type Place, wasmBackend } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { InferenceOps } from "./ops.ts";
import type { Tensor } from "./tf.ts";
import type { WeightLayout } from "./weight_layouts.ts";

const sizeOf = (shape: number[]) => shape.reduce((size, n) => size * n, 1);
const lastOf = (shape: number[]) => shape[shape.length - 1];
const sameShape = (a: number[], b: number[]) => a.length === b.length && a.every((n, i) => n === b[i]);

/** A kernel reads what it is told to, whatever is there. */
function check(holds: boolean, operation: string, ...shapes: number[][]): void {
  if (holds) return;
  throw new Error(
    `${operation}: these shapes do not fit together: ${shapes.map((s) => `[${s}]`).join(", ")}.`,
  );
}

/** New operations on the running wasm backend; `layout` serves the weights. */
export function inferenceOps(kernels: Kernels, attend: Attention, layout: WeightLayout): InferenceOps {
  const { wasm } = wasmBackend();
  /** What lives to the end of a pass, what lives to the end of a scope, and the weights. */
  const kept = arena(), scratch = arena(), weights = arena();
  const places = new Map<object, number>();
  let memory: Arena = kept;

  const make = (shape: number[]): Place => ({ at: memory.take(sizeOf(shape)), shape });
  const floatsAt = ({ at, shape }: Place) => wasm.HEAPF32.subarray(at >>> 2, (at >>> 2) + sizeOf(shape));

  function placeOf(weight: Tensor): number {
    const known = places.get(weight.dataId);
    if (known !== undefined) return known;
    const place = layout.lay(weight, weights.take);
    places.set(weight.dataId, place);
    return place;
  }

  function checkAffine(operation: string, x: Place, weight: Tensor, bias: Tensor): void {
    const fits = weight.rank === 2 && weight.shape[1] === lastOf(x.shape) && bias.size === weight.shape[0];
    check(fits, operation, x.shape, weight.shape, bias.shape);
  }

  function linear(x: Place, weight: Tensor, bias: Tensor): Place {
    checkAffine("linear", x, weight, bias);
    const [outputs, inputs] = weight.shape, rows = sizeOf(x.shape) / inputs;
    const y = make([...x.shape.slice(0, -1), outputs]);
    if (rows === 1) {
      kernels.affineRow(outputs, inputs, x.at, at(weight), at(bias), y.at);
    } else {
      kernels.repeatRow(rows, outputs, at(bias), y.at);
      layout.addProduct(rows, outputs, inputs, x.at, placeOf(weight), y.at);
    }
    return y;
  }

  function linearGelu(x: Place, weight: Tensor, bias: Tensor): Place {
    const y = linear(x, weight, bias);
    kernels.geluValues(sizeOf(y.shape), y.at);
    return y;
  }

  /** Replaces x + residual, which lies in `sum`, by its LayerNorm. */
  function normalise(sum: Place, weight: Tensor, bias: Tensor, epsilon: number): Place {
    const width = lastOf(sum.shape), rows = sizeOf(sum.shape) / width;
    check(weight.size === width && bias.size === width, "layerNorm", sum.shape, weight.shape, bias.shape);
    kernels.normValues(rows, width, sum.at, at(weight), at(bias), epsilon);
    return sum;
  }

  function add(x: Place, y: Place): Place {
    check(sameShape(x.shape, y.shape), "add", x.shape, y.shape);
    const sum = make(x.shape);
    kernels.add(sizeOf(x.shape), x.at, y.at, sum.at);
    return sum;
  }

  function linearAddLayerNorm(
    x: Place,
    weight: Tensor,
    bias: Tensor,
    residual: Place,
    normWeight: Tensor,
    normBias: Tensor,
    epsilon: number,
  ): Place {
    checkAffine("linearAddLayerNorm", x, weight, bias);
    const [outputs, inputs] = weight.shape, rows = sizeOf(x.shape) / inputs;
    const fits = sizeOf(residual.shape) === rows * outputs && lastOf(residual.shape) === outputs;
    check(fits, "linearAddLayerNorm", x.shape, weight.shape, residual.shape);
    const sum = make(residual.shape);
    kernels.addRow(rows, outputs, residual.at, at(bias), sum.at);
    layout.addProduct(rows, outputs, inputs, x.at, placeOf(weight), sum.at);
    return normalise(sum, normWeight, normBias, epsilon);
  }

  function attention(qkv: Place, mask: Place, numHeads: number): Place {
    const [batch, length, triple] = qkv.shape, width = triple / 3, size = width / numHeads;
    const fits = Number.isInteger(size) && sameShape(mask.shape, [batch, length]);
    check(fits, "attention", qkv.shape, mask.shape);
    const weights = make([batch, numHeads, length, length]), value = make([batch, length, width]);
    attend.forward({ batch, length, numHeads, size }, qkv.at, mask.at, weights.at, value.at);
    return value;
  }

  function checkRows(operation: string, rows: Place, count: number): void {
    const wrong = kernels.firstOutside(sizeOf(rows.shape), rows.at, count);
    if (wrong < 0) return;
    const row = new Int32Array(wasm.HEAPU8.buffer, rows.at + 4 * wrong, 1)[0];
    throw new Error(`${operation}: row ${row} of a tensor with ${count} rows.`);
  }

  /** Rows `ids` of what lies at `from`, shaped [count, ...row]. */
  function rowsAt(operation: string, from: number, [count, ...row]: number[], ids: Place): Place {
    checkRows(operation, ids, count);
    const out = make([...ids.shape, ...row]);
    kernels.gatherRows(sizeOf(ids.shape), sizeOf(row), from, ids.at, out.at);
    return out;
  }

  function scatterRows(x: Place, rows: Place, updates: Place): Place {
    const width = sizeOf(x.shape.slice(1));
    check(sizeOf(updates.shape) === sizeOf(rows.shape) * width, "scatterRows", x.shape, updates.shape);
    checkRows("scatterRows", rows, x.shape[0]);
    const out = make(x.shape);
    copyFloats(x.at, out.at, sizeOf(x.shape));
    kernels.placeRows(sizeOf(rows.shape), width, updates.at, rows.at, out.at);
    return out;
  }

  /** `f` of every element, for the few operations on a few numbers. */
  function each(x: Place, f: (value: number) => number): Place {
    const y = make(x.shape), values = wasm.HEAPF32, from = x.at >>> 2, to = y.at >>> 2;
    for (let i = 0, size = sizeOf(x.shape); i < size; i++) values[to + i] = f(values[from + i]);
    return y;
  }

  function mix(weight: Place, x: Place, y: Place): Place {
    check(sameShape(x.shape, y.shape) && sizeOf(weight.shape) === x.shape[0], "mix", weight.shape, x.shape);
    const out = make(x.shape), values = wasm.HEAPF32, each = sizeOf(x.shape) / x.shape[0];
    for (let i = 0; i < sizeOf(x.shape); i++) {
      const w = values[(weight.at >>> 2) + Math.floor(i / each)];
      values[(out.at >>> 2) + i] = w * values[(x.at >>> 2) + i] + (1 - w) * values[(y.at >>> 2) + i];
    }
    return out;
  }

  function firstTokens({ at, shape: [batch, length, width] }: Place): Place {
    if (batch === 1) return { at, shape: [1, width] };
    const out = make([batch, width]);
    for (let b = 0; b < batch; b++) copyFloats(at + 4 * b * length * width, out.at + 4 * b * width, width);
    return out;
  }

  /** Inside, values are made in scratch; the result moves to what is kept. */
  function scope(work: () => Place): Place {
    if (memory === scratch) return work();
    scratch.clear();
    memory = scratch;
    let made: Place;
    try {
      made = work();
    } finally {
      memory = kept;
    }
    const result = make(made.shape);
    copyFloats(made.at, result.at, sizeOf(made.shape));
    return result;
  }

  function put(values: ArrayLike<number> & ArrayBufferView, shape: number[]): Place {
    const place = make(shape);
    wasm.HEAPU8.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), place.at);
    return place;
  }

  return {
    ints: put,
    floats: put,
    valuesNow: floatsAt,
    evaluate(work) {
      kept.clear();
      return work().map((x) => floatsAt(x).slice());
    },
    scope,
    add,
    tanh: (x) => each(x, Math.tanh),
    positive: (x) => each(x, (value) => value > 0 ? 1 : 0),
    mix,
    firstTokens,
    linear,
    linearGelu,
    addLayerNorm: (x, residual, weight, bias, epsilon) => normalise(add(x, residual), weight, bias, epsilon),
    linearAddLayerNorm,
    attention,
    embed: (table, ids) => rowsAt("embed", at(table), table.shape, ids),
    gatherRows: (x, rows) => rowsAt("gatherRows", x.at, x.shape, rows),
    scatterRows,
    dispose() {
      for (const memory of [kept, scratch, weights]) memory.dispose();
      places.clear();
    },
  };
}
