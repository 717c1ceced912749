import assert from "node:assert/strict";
import { batchTensors, classify, encode, everyLayer } from "../bert/mod.ts";
import { largestError } from "../tensor/finite_differences.ts";
import { liveTensors, read, startBackend, tidy } from "../tensor/mod.ts";
import { bert } from "./bert.ts";
import { infer } from "./method.ts";
import { givenPaths } from "./given_path.ts";
import { tinyBackbone, tinyBatch } from "./tiny_model.ts";

const { ops } = await startBackend("wasm");
const backbone = tinyBackbone(ops), batch = tinyBatch(4);

Deno.test("infer with bert runs every layer and gives the backbone's own logits", async () => {
  const { logits, paths } = await infer(backbone, batch, bert(backbone));
  const expected = tidy(() =>
    classify(
      ops,
      backbone.params,
      encode(ops, backbone.params, backbone.config, batchTensors(ops, batch), everyLayer),
    )
  );
  assert.deepEqual(paths, ["11", "11", "11", "11"]);
  assert.deepEqual(logits, await read(expected));
  expected.dispose();
});

Deno.test("infer reads back one path per row, first layer first", async () => {
  const given = ["10", "01", "00", "11"];
  const { paths, logits } = await infer(backbone, batch, givenPaths(backbone, () => given));
  assert.deepEqual(paths, given);
  assert.equal(logits.length, 8);
});

Deno.test("infer leaves no tensors behind, whatever the path", async () => {
  const live = liveTensors();
  for (const paths of [["10", "01", "00", "11"], ["00", "00", "00", "00"], ["11", "11", "11", "11"]]) {
    await infer(backbone, batch, givenPaths(backbone, () => paths));
    assert.equal(liveTensors(), live, paths.join());
  }
  await infer(backbone, batch, bert(backbone));
  assert.equal(liveTensors(), live);
});

Deno.test("infer gives a skipped row the states that it had: equal paths, equal logits alone and in company", async () => {
  const mixed = await infer(backbone, batch, givenPaths(backbone, () => ["10", "01", "00", "11"]));
  const same = await infer(backbone, batch, givenPaths(backbone, () => Array(4).fill("01")));
  assert.ok(largestError(mixed.logits.slice(2, 4), same.logits.slice(2, 4)) < 1e-5);
});
