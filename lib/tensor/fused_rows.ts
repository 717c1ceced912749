/** Rows by index, and the loss of a chosen class, as single operations of the wasm backend. */
import { differentiable } from "./differentiable.ts";
import { check } from "./fused_shapes.ts";
import { at, copyFloats, emptyTensor, floats } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { Ops } from "./ops.ts";
import { type Tensor, tf } from "./tf.ts";

/** int32 positions in a matrix of `rows` rows. */
function indices(kernels: Kernels, operation: string, given: Tensor, rows: number): Tensor {
  const index = given.dtype === "int32" ? given : given.toInt();
  const wrong = kernels.firstOutside(index.size, at(index), rows);
  if (wrong >= 0) {
    throw new Error(`${operation}: row ${index.dataSync()[wrong]} of a tensor with ${rows} rows.`);
  }
  return index;
}

type RowOps = Pick<Ops, "embed" | "gatherRows" | "scatterRows" | "crossEntropy">;

/** These operations on `kernels`. */
export function fusedRows(kernels: Kernels): RowOps {
  /** 0 in `shape`, with the rows of `dy` added where `index` says. */
  function scattered(shape: number[], index: Tensor, dy: Tensor): Tensor {
    const out = emptyTensor(shape);
    floats(out).fill(0);
    kernels.addRows(index.size, dy.size / index.size, at(dy), at(index), at(out));
    return out;
  }

  /** Rows of `x` (first axis), shaped [...given, ...row]. */
  function rowsAt(operation: string, x: Tensor, given: Tensor): Tensor {
    const shape = x.shape, row = shape.slice(1);
    check(x.rank > 0, operation, x);
    return differentiable([x], (x) => {
      const index = indices(kernels, operation, given, shape[0]);
      const value = emptyTensor([...given.shape, ...row]);
      kernels.gatherRows(index.size, tf.util.sizeFromShape(row), at(x), at(index), at(value));
      return { value, saved: [index] };
    }, (dy, [index]) => [scattered(shape, index, dy)]);
  }

  function scatterRows(x: Tensor, rows: Tensor, updates: Tensor): Tensor {
    const width = tf.util.sizeFromShape(x.shape.slice(1));
    check(updates.size === rows.size * width, "scatterRows", x, updates);
    return differentiable([x, updates], (x, updates) => {
      const index = indices(kernels, "scatterRows", rows, x.shape[0]), value = emptyTensor(x.shape);
      copyFloats(at(x), at(value), x.size);
      kernels.placeRows(index.size, width, at(updates), at(index), at(value));
      return { value, saved: [index] };
    }, (dy, [index]) => {
      const dx = emptyTensor(dy.shape), dUpdates = emptyTensor(updates.shape);
      copyFloats(at(dy), at(dx), dy.size);
      kernels.clearRows(index.size, width, at(index), at(dx));
      kernels.gatherRows(index.size, width, at(dy), at(index), at(dUpdates));
      return [dx, dUpdates];
    });
  }

  function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
    const [rows, classes] = logits.shape;
    check(logits.rank === 2 && labels.size === rows, "crossEntropy", logits);
    return differentiable([logits], (logits) => {
      const index = indices(kernels, "crossEntropy", labels, classes), chosen = index.dataSync();
      const probs = emptyTensor(logits.shape), parts = emptyTensor([rows, 2]), value = emptyTensor([rows]);
      copyFloats(at(logits), at(probs), logits.size);
      kernels.softmax(rows, classes, at(probs), at(parts));
      const x = floats(logits), [part, loss] = [parts, value].map(floats);
      // -log softmax(x)[label] = log sum exp(x - top) + top - x[label]
      chosen.forEach((label, row) => {
        loss[row] = Math.log(part[2 * row + 1]) + part[2 * row] - x[row * classes + label];
      });
      return { value, saved: [probs, index] };
    }, (dy, [probs, index]) => {
      const dLogits = emptyTensor(probs.shape), chosen = index.dataSync();
      const [d, slope, p] = [dLogits, dy, probs].map(floats);
      for (let row = 0, i = 0; row < rows; row++) {
        for (let label = 0; label < classes; label++, i++) {
          d[i] = slope[row] * (p[i] - (label === chosen[row] ? 1 : 0));
        }
      }
      return [dLogits];
    });
  }

  return {
    embed: (table, ids) => rowsAt("embed", table, ids),
    gatherRows: (x, rows) => rowsAt("gatherRows", x, rows),
    scatterRows,
    crossEntropy,
  };
}
