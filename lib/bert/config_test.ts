import assert from "node:assert/strict";
import { configJson, parseConfig } from "./config.ts";

const tiny = {
  vocab_size: 7,
  hidden_size: 4,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 6,
  max_position_embeddings: 5,
};
const refused = (change: Record<string, unknown>, message: RegExp) =>
  assert.throws(() => parseConfig(JSON.stringify({ ...tiny, ...change }), "some/config.json"), {
    name: "InputError",
    message,
  });

Deno.test("parseConfig fills in BERT's own defaults", () => {
  const config = parseConfig(JSON.stringify(tiny), "config.json");
  assert.deepEqual([config.numSegments, config.layerNormEpsilon], [2, 1e-12]);
});

Deno.test("configJson is parseConfig's inverse and carries label names both ways", () => {
  const config = parseConfig(
    JSON.stringify({ ...tiny, type_vocab_size: 1, layer_norm_eps: 1e-5 }),
    "config.json",
  );
  const json = configJson(config, ["a", "b"]);
  assert.deepEqual(parseConfig(JSON.stringify(json), "config.json"), config);
  assert.deepEqual(json.label2id, { a: 0, b: 1 });
});

Deno.test("parseConfig names file and field of what this model cannot run", () => {
  refused({ model_type: "roberta" }, /some\/config\.json.*"model_type"/);
  refused({ hidden_act: "relu" }, /"hidden_act"/);
  refused({ position_embedding_type: "relative_key" }, /"position_embedding_type"/);
  refused({ hidden_size: undefined }, /"hidden_size"/);
  refused({ num_hidden_layers: 0 }, /"num_hidden_layers"/);
  refused({ vocab_size: 1.5 }, /"vocab_size"/);
  refused({ num_attention_heads: 3 }, /num_attention_heads 3 does not divide hidden_size 4/);
});

Deno.test("parseConfig refuses text that is not JSON, or no object", () => {
  assert.throws(() => parseConfig("{", "c.json"), { name: "InputError", message: /c\.json is not JSON/ });
  assert.throws(() => parseConfig("[]", "c.json"), { name: "InputError", message: /c\.json/ });
});
