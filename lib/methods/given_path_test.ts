import assert from "node:assert/strict";
import { largestError } from "../tensor/finite_differences.ts";
import { startBackend } from "../tensor/mod.ts";
import { bert } from "./bert.ts";
import { givenPaths } from "./given_path.ts";
import { infer } from "./method.ts";
import { tinyBackbone, tinyBatch } from "./tiny_model.ts";

const { ops } = await startBackend("wasm");
const backbone = tinyBackbone(ops), batch = tinyBatch(3);

Deno.test("givenPaths with every layer is bert", async () => {
  const all = await infer(backbone, batch, givenPaths(backbone, () => ["11", "11", "11"]));
  const full = await infer(backbone, batch, bert(backbone));
  assert.deepEqual(all, full);
});

Deno.test("givenPaths asks for the paths once per pass, so that they may follow the batch", async () => {
  let asked = 0;
  const method = givenPaths(backbone, () => [["10", "10", "10"], ["01", "01", "01"]][asked++]);
  assert.deepEqual((await infer(backbone, batch, method)).paths, ["10", "10", "10"]);
  assert.deepEqual((await infer(backbone, batch, method)).paths, ["01", "01", "01"]);
  assert.equal(asked, 2);
});

Deno.test("givenPaths computes a layer only for the rows that take it, with the masked form's numbers", async () => {
  const paths = () => ["10", "00", "11"];
  let rows = 0;
  const counting = {
    ...ops,
    attention: (...args: Parameters<typeof ops.attention>) => {
      rows += args[0].shape[0];
      return ops.attention(...args);
    },
  };
  const compacted = { ...backbone, ops: counting };
  const some = await infer(compacted, batch, givenPaths(compacted, paths));
  assert.equal(rows, 3); // two rows in layer 0, one in layer 1
  const masked = { ...backbone, ops: { ...ops, valuesNow: () => null } };
  const mixed = await infer(masked, batch, givenPaths(masked, paths));
  assert.ok(largestError(some.logits, mixed.logits) < 1e-5);
  assert.deepEqual(some.paths, mixed.paths);
});
