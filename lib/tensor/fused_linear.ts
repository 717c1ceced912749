/** Linear maps with what follows them, GELU or residual and LayerNorm, as single operations of the wasm backend. */
import { differentiable } from "./differentiable.ts";
import { check, isVector, lastAxis, rowsOf } from "./fused_shapes.ts";
import { at, emptyTensor, placeOf } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { Ops } from "./ops.ts";
import type { Product } from "./products.ts";
import { type Tensor, tf } from "./tf.ts";

function checkAffine(operation: string, x: Tensor, weight: Tensor, bias: Tensor): void {
  const fits = weight.rank === 2 && weight.shape[1] === lastAxis(x) && isVector(bias, weight.shape[0]);
  check(fits, operation, x, weight, bias);
}

type LinearOps = Pick<Ops, "linear" | "linearGelu" | "addLayerNorm" | "linearAddLayerNorm">;

/** These operations on `kernels` and `multiply`. */
export function fusedLinear(kernels: Kernels, multiply: Product): LinearOps {
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

  /** Gradients of x, W and b, given that of `x W^T + b`; that of x, which is needed no more, comes last. */
  function affineGradients(dy: Tensor, x: Tensor, weight: Tensor): Tensor[] {
    const [outputs, inputs] = weight.shape, rows = rowsOf(x);
    const dWeight = emptyTensor(weight.shape), dBias = emptyTensor([outputs]);
    kernels.columnSums(rows, outputs, at(dy), at(dBias));
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
    const dx = placeOf(x);
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
      const d = placeOf(slope);
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
    const dSum = placeOf(dy);
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

  return { linear, linearGelu, addLayerNorm, linearAddLayerNorm };
}
