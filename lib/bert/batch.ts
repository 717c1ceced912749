/** Batches as tensors. */
import type { Forward } from "../tensor/mod.ts";
import type { BatchTensors } from "./encoder.ts";

/** A padded batch, row-major [size, length]; `mask` is 1 for a token and 0 for padding. */
export interface PaddedBatch {
  tokenIds: Int32Array;
  segmentIds: Int32Array;
  mask: Float32Array;
  size: number;
  length: number;
}

/** The batch on the device; positions count from 0 in every row. */
export function batchTensors<X>(ops: Forward<X>, batch: PaddedBatch): BatchTensors<X> {
  const shape = [batch.size, batch.length];
  const positions = new Int32Array(batch.size * batch.length);
  for (let i = 0; i < positions.length; i++) positions[i] = i % batch.length;
  return {
    tokenIds: ops.ints(batch.tokenIds, shape),
    segmentIds: ops.ints(batch.segmentIds, shape),
    positionIds: ops.ints(positions, shape),
    mask: ops.floats(batch.mask, shape),
  };
}
