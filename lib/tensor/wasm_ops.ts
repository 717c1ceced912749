/**
 * `Ops` on the wasm backend: our kernels and matrix products on addresses in tfjs's heap, put on its tape. What each
 * operation means is written in `ops.ts`; formulas stand in `kernels/`.
 */
import { differentiable } from "./differentiable.ts";
import { at, copyFloats, emptyTensor, floats } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { AdamWStep, Moments, Ops } from "./ops.ts";
import type { Product } from "./products.ts";
import { type Tensor, tf } from "./tf.ts";

const lastAxis = (x: Tensor) => x.shape[x.rank - 1];
const rowsOf = (x: Tensor) => x.size / lastAxis(x);

/** A kernel reads what it is told to: shapes that do not fit must not reach it. */
function check(holds: boolean, operation: string, ...tensors: Tensor[]): void {
  if (holds && tensors.every((x) => x.dtype === "float32")) return;
  const given = tensors.map((x) => `${x.dtype} [${x.shape}]`).join(", ");
  throw new Error(`${operation}: these tensors do not fit together: ${given}.`);
}

const isVector = (x: Tensor, width: number) => x.rank === 1 && x.shape[0] === width;

/** int32 positions in a matrix of `rows` rows. */
function indices(kernels: Kernels, operation: string, given: Tensor, rows: number): Tensor {
  const index = given.dtype === "int32" ? given : given.toInt();
  const wrong = kernels.firstOutside(index.size, at(index), rows);
  if (wrong >= 0) {
    throw new Error(`${operation}: row ${index.dataSync()[wrong]} of a tensor with ${rows} rows.`);
  }
  return index;
}

function checkAffine(operation: string, x: Tensor, weight: Tensor, bias: Tensor): void {
  const fits = weight.rank === 2 && weight.shape[1] === lastAxis(x) && isVector(bias, weight.shape[0]);
  check(fits, operation, x, weight, bias);
}

/** The operations of `composed` that wasm does better, on `kernels` and `multiply`. */
export function wasmOps(composed: Ops, kernels: Kernels, multiply: Product): Ops {
  /** Adds `x W^T` to `y`. */
  function addProduct(x: Tensor, weight: Tensor, y: Tensor): void {
    const [outputs, inputs] = weight.shape;
    multiply(
      false,
      true,
      rowsOf(x),
      outputs,
      inputs,
      at(x),
      inputs,
      at(weight),
      inputs,
      at(y),
      outputs,
      true,
    );
  }

  /** `x W^T + b`. A product that adds to the repeated bias costs no more than one that starts from 0. */
  function affine(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
    const y = emptyTensor([...x.shape.slice(0, -1), weight.shape[0]]);
    kernels.repeatRow(rowsOf(x), weight.shape[0], at(bias), at(y));
    addProduct(x, weight, y);
    return y;
  }

  /** Gradients of x, W and b, given that of `x W^T + b`. */
  function affineGradients(dy: Tensor, x: Tensor, weight: Tensor): Tensor[] {
    const [outputs, inputs] = weight.shape, rows = rowsOf(x);
    const dx = emptyTensor(x.shape), dWeight = emptyTensor(weight.shape), dBias = emptyTensor([outputs]);
    multiply(
      false,
      false,
      rows,
      inputs,
      outputs,
      at(dy),
      outputs,
      at(weight),
      inputs,
      at(dx),
      inputs,
      false,
    );
    multiply(
      true,
      false,
      outputs,
      inputs,
      rows,
      at(dy),
      outputs,
      at(x),
      inputs,
      at(dWeight),
      inputs,
      false,
    );
    kernels.columnSums(rows, outputs, at(dy), at(dBias));
    return [dx, dWeight, dBias];
  }

  function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
    checkAffine("linear", x, weight, bias);
    return differentiable(
      [x, weight, bias],
      (x, weight, bias) => ({ value: affine(x, weight, bias), saved: [x, weight] }),
      (dy, [x, weight]) => affineGradients(dy, x, weight),
    );
  }

  function linearGelu(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
    checkAffine("linearGelu", x, weight, bias);
    return differentiable([x, weight, bias], (x, weight, bias) => {
      const value = affine(x, weight, bias), slope = emptyTensor(value.shape);
      kernels.gelu(value.size, at(value), at(slope));
      return { value, saved: [x, weight, slope] };
    }, (dy, [x, weight, slope]) => {
      const d = emptyTensor(dy.shape);
      kernels.multiply(dy.size, at(dy), at(slope), at(d));
      return affineGradients(d, x, weight);
    });
  }

  /** LayerNorm of `sum`, which becomes the normalised rows. */
  function layerNorm(sum: Tensor, weight: Tensor, bias: Tensor, epsilon: number) {
    const rows = rowsOf(sum), value = emptyTensor(sum.shape), inverse = emptyTensor([rows]);
    kernels.layerNorm(
      rows,
      lastAxis(sum),
      at(sum),
      at(weight),
      at(bias),
      epsilon,
      at(value),
      at(inverse),
    );
    return { value, normal: sum, inverse };
  }

  /** Gradients of the sum, of the weight and of the bias. */
  function layerNormGradients(dy: Tensor, normal: Tensor, inverse: Tensor, weight: Tensor): Tensor[] {
    const dSum = emptyTensor(dy.shape);
    const dWeight = emptyTensor(weight.shape), dBias = emptyTensor(weight.shape);
    kernels.layerNormGradient(
      rowsOf(dy),
      lastAxis(dy),
      at(dy),
      at(normal),
      at(inverse),
      at(weight),
      at(dSum),
      at(dWeight),
      at(dBias),
    );
    return [dSum, dWeight, dBias];
  }

  function addLayerNorm(x: Tensor, residual: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
    const fits = tf.util.arraysEqual(x.shape, residual.shape) && isVector(weight, lastAxis(x)) &&
      isVector(bias, lastAxis(x));
    check(fits, "addLayerNorm", x, residual, weight, bias);
    return differentiable([x, residual, weight, bias], (x, residual, weight, bias) => {
      const sum = emptyTensor(x.shape);
      kernels.add(x.size, at(x), at(residual), at(sum));
      const { value, normal, inverse } = layerNorm(sum, weight, bias, epsilon);
      return { value, saved: [normal, inverse, weight] };
    }, (dy, [normal, inverse, weight]) => {
      const [dSum, dWeight, dBias] = layerNormGradients(dy, normal, inverse, weight);
      return [dSum, dSum.clone(), dWeight, dBias];
    });
  }

  function linearAddLayerNorm(
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    residual: Tensor,
    normWeight: Tensor,
    normBias: Tensor,
    epsilon: number,
  ): Tensor {
    checkAffine("linearAddLayerNorm", x, weight, bias);
    const outputs = weight.shape[0];
    const fits = lastAxis(residual) === outputs && rowsOf(residual) === rowsOf(x) &&
      isVector(normWeight, outputs) && isVector(normBias, outputs);
    check(fits, "linearAddLayerNorm", x, weight, residual, normWeight, normBias);
    const inputs = [x, weight, bias, residual, normWeight, normBias];
    return differentiable(inputs, (x, weight, bias, residual, normWeight, normBias) => {
      const sum = emptyTensor(residual.shape);
      kernels.addRow(rowsOf(residual), outputs, at(residual), at(bias), at(sum));
      addProduct(x, weight, sum);
      const { value, normal, inverse } = layerNorm(sum, normWeight, normBias, epsilon);
      return { value, saved: [x, weight, normal, inverse, normWeight] };
    }, (dy, [x, weight, normal, inverse, normWeight]) => {
      const [dSum, dNormWeight, dNormBias] = layerNormGradients(dy, normal, inverse, normWeight);
      return [...affineGradients(dSum, x, weight), dSum, dNormWeight, dNormBias];
    });
  }

  function attention(qkv: Tensor, mask: Tensor, numHeads: number): Tensor {
    const [batch, length, triple] = qkv.shape, width = triple / 3, size = width / numHeads;
    const fits = qkv.rank === 3 && Number.isInteger(size) && mask.rank === 2 && mask.shape[0] === batch &&
      mask.shape[1] === length;
    check(fits, "attention", qkv, mask);
    const scale = 1 / Math.sqrt(size);
    /** Calls with the addresses of query, key, value, weights and context of every head, in `x` and its like. */
    const eachHead = (
      x: number,
      weights: number,
      context: number,
      run: (q: number, k: number, v: number, weights: number, context: number) => void,
    ) => {
      for (let b = 0; b < batch; b++) {
        for (let head = 0; head < numHeads; head++) {
          const q = x + 4 * (b * length * triple + head * size);
          const w = weights + 4 * (b * numHeads + head) * length * length;
          run(q, q + 4 * width, q + 8 * width, w, context + 4 * (b * length * width + head * size));
        }
      }
    };
    return differentiable([qkv], (qkv) => {
      const weights = emptyTensor([batch, numHeads, length, length]);
      const value = emptyTensor([batch, length, width]);
      eachHead(at(qkv), at(weights), 0, (q, k, _v, w) => {
        multiply(false, true, length, length, size, q, triple, k, triple, w, length, false);
      });
      kernels.attentionWeights(batch, numHeads * length, length, at(weights), at(mask), scale);
      eachHead(at(qkv), at(weights), at(value), (_q, _k, v, w, context) => {
        multiply(false, false, length, size, length, w, length, v, triple, context, width, false);
      });
      return { value, saved: [qkv, weights] };
    }, (dy, [qkv, weights]) => {
      const d = emptyTensor(qkv.shape), dScores = emptyTensor(weights.shape);
      eachHead(at(qkv), at(dScores), at(dy), (_q, _k, v, w, dContext) => {
        multiply(false, true, length, length, size, dContext, width, v, triple, w, length, false);
      });
      eachHead(at(d), at(weights), at(dy), (_q, _k, dv, w, dContext) => {
        multiply(true, false, length, size, length, w, length, dContext, width, dv, triple, false);
      });
      kernels.attentionWeightsGradient(
        batch * numHeads * length,
        length,
        at(weights),
        at(dScores),
        scale,
      );
      const toGradient = at(d) - at(qkv);
      eachHead(at(qkv), at(dScores), 0, (q, k, _v, w) => {
        multiply(false, false, length, size, length, w, length, k, triple, q + toGradient, triple, false);
        multiply(true, false, length, size, length, w, length, q, triple, k + toGradient, triple, false);
      });
      return [d];
    });
  }

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

  function norm(tensors: Tensor[]): Tensor {
    const squares = tensors.reduce((total, x) => total + kernels.sumOfSquares(x.size, at(x)), 0);
    return tf.scalar(Math.sqrt(squares));
  }

  /**
   * In place. XNNPACK keeps a packed copy of a matrix by its address and would not see that, but no product of this
   * backend goes there (`wasm.ts`).
   */
  function adamw(param: tf.Variable, gradient: Tensor, moments: Moments, scale: Tensor, step: AdamWStep) {
    const { beta1, beta2, epsilon } = step;
    kernels.adamw(
      param.size,
      at(param),
      at(gradient),
      at(moments.first),
      at(moments.second),
      floats(scale)[0],
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      1 - step.learningRate * step.weightDecay,
      step.learningRate / step.correction1,
      1 / step.correction2,
      epsilon,
    );
  }

  return {
    ...composed,
    linear,
    linearGelu,
    addLayerNorm,
    linearAddLayerNorm,
    attention,
    embed: (table, ids) => rowsAt("embed", table, ids),
    gatherRows: (x, rows) => rowsAt("gatherRows", x, rows),
    scatterRows,
    crossEntropy,
    norm,
    adamw,
  };
}
