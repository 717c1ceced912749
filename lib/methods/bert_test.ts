import assert from "node:assert/strict";
import { startBackend } from "../tensor/mod.ts";
import { bert } from "./bert.ts";
import { tinyBackbone, tinyBatch } from "./tiny_model.ts";

Deno.test("bert starts every pass without actions and with a gate that always runs", async () => {
  const { ops } = await startBackend("wasm");
  const pass = bert(tinyBackbone(ops))(tinyBatch());
  assert.deepEqual(pass.read, []);
  let ran = 0;
  pass.gate(1, null!, () => {
    ran++;
    return null!;
  });
  assert.equal(ran, 1);
});
