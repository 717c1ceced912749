import assert from "node:assert/strict";
import { read, startBackend } from "../tensor/mod.ts";
import { batchTensors } from "./batch.ts";

Deno.test("batchTensors counts positions from 0 in every row and keeps ids whole", async () => {
  const { ops } = await startBackend("cpu");
  const tensors = batchTensors(ops, {
    tokenIds: new Int32Array([2, 30521, 3, 2, 3, 0]),
    segmentIds: new Int32Array([0, 0, 1, 0, 0, 0]),
    mask: new Float32Array([1, 1, 1, 1, 1, 0]),
    size: 2,
    length: 3,
  });
  assert.deepEqual([...await read(tensors.positionIds)], [0, 1, 2, 0, 1, 2]);
  assert.deepEqual([...await read(tensors.tokenIds)], [2, 30521, 3, 2, 3, 0]);
  assert.deepEqual(tensors.mask.shape, [2, 3]);
  assert.equal(tensors.tokenIds.dtype, "int32");
});
