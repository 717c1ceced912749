/** How an operation with a gradient of its own is put on tfjs's tape, and what its gradient needs until then. */
import { type Tensor, tf } from "./tf.ts";

type Grad = (dy: Tensor, saved: Tensor[]) => Tensor[];

/** The same values outside the tape: no gradient flows through the result (stop-gradient). No copy. */
export function detach(x: Tensor): Tensor {
  tf.backend().incRef(x.dataId);
  return tf.engine().makeTensorFromTensorInfo({ dataId: x.dataId, shape: x.shape, dtype: x.dtype });
}

/** What operations have saved for their gradients; null while nobody wants any. */
let held: Tensor[] | null = null;

/** Runs `work`, which takes gradients; afterwards everything saved for them is freed. */
export function holding<T>(work: () => T): T {
  const outer = held;
  held = [];
  try {
    return work();
  } finally {
    for (const x of held) x.dispose();
    held = outer;
  }
}

/** `x` until its gradient has been taken. tfjs's own `save` also puts a node on the tape for each. */
function hold(x: Tensor): Tensor {
  const kept = tf.keep(detach(x));
  held!.push(kept);
  return kept;
}

/**
 * An operation with its own gradient: `forward` returns the value and what the gradient needs. Gradients are to be
 * taken inside `holding`.
 *
 * tfjs frees everything only after the whole backward pass. Each output's gradient and each saved tensor serve once,
 * so they go as soon as they have: that halves a training step's memory.
 */
export function differentiable(
  inputs: Tensor[],
  forward: (...inputs: Tensor[]) => { value: Tensor; saved: Tensor[] },
  gradient: Grad,
): Tensor {
  return tf.customGrad((...args) => {
    const { value, saved } = forward(...args.slice(0, -1) as Tensor[]);
    const kept = held ? saved.map(hold) : [];
    const gradFunc = (dy: Tensor) => {
      const gradients = tf.tidy(() => gradient(dy, kept));
      for (const x of [dy, ...kept]) x.dispose();
      return gradients;
    };
    return { value, gradFunc };
  })(...inputs);
}
