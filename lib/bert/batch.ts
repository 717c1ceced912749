/** Batches as tensors. */
import { floatTensor, intTensor } from "../tensor/mod.ts";
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
export function batchTensors(batch: PaddedBatch): BatchTensors {
  const shape = [batch.size, batch.length];
  const positions = Int32Array.from({ length: batch.size * batch.length }, (_, i) => i % batch.length);
  return {
    tokenIds: intTensor(batch.tokenIds, shape),
    segmentIds: intTensor(batch.segmentIds, shape),
    positionIds: intTensor(positions, shape),
    mask: floatTensor(batch.mask, shape),
  };
}
