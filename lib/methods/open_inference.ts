/** A model open for inference: it takes one batch after the other, most often a single input, and is not trained. */
import type { PaddedBatch } from "../bert/mod.ts";
import type { Forward } from "../tensor/mod.ts";
import { type Backbone, infer, type Inference, type Method } from "./method.ts";

export interface OpenInference {
  infer(batch: PaddedBatch): Promise<Inference>;
  /** Frees what inference needs beside the parameters, which stay. */
  dispose(): void;
}

/** Makes a method for a backbone on any kind of tensor; `bert` is one. */
export type MethodFor = <X>(backbone: Backbone<Forward<X>>) => Method<X>;

/**
 * Opens `backbone` with a method of `methodFor`, on operations made for inference where its backend has them. These
 * copy each weight when it is first used, so the parameters must not change as long as this is open.
 */
export function openInference(backbone: Backbone, methodFor: MethodFor): OpenInference {
  const open = <X>(own: Backbone<Forward<X>>, dispose: () => void): OpenInference => {
    const method = methodFor(own);
    return { infer: (batch) => infer(own, batch, method), dispose };
  };
  const ops = backbone.ops.inference?.();
  return ops ? open({ ...backbone, ops }, ops.dispose) : open(backbone, () => {});
}
