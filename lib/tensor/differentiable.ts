/** How an operation with a gradient of its own is put on tfjs's tape. */
import { type Tensor, tf } from "./tf.ts";

type Grad = (dy: Tensor, saved: Tensor[]) => Tensor[];

/**
 * An operation with its own gradient: `forward` returns the value and what the gradient needs.
 *
 * tfjs frees everything only after the whole backward pass. Each output's gradient and each saved tensor serve once,
 * so they go as soon as they have: that halves a training step's memory.
 */
export function differentiable(
  inputs: Tensor[],
  forward: (...inputs: Tensor[]) => { value: Tensor; saved: Tensor[] },
  gradient: Grad,
): Tensor {
  const gradFunc = (dy: Tensor, saved: Tensor[]) => {
    const gradients = tf.tidy(() => gradient(dy, saved));
    tf.dispose([dy, ...saved]);
    return gradients;
  };
  return tf.customGrad((...args) => {
    const save = args.pop() as unknown as (tensors: Tensor[]) => void;
    const { value, saved } = forward(...args as Tensor[]);
    save(saved);
    return { value, gradFunc };
  })(...inputs);
}
