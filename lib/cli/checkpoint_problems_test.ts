import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { microVocabulary } from "../micro/mod.ts";
import type { PretrainingRecord } from "../runs/pretraining.ts";
import { checkpointProblems } from "./checkpoint_problems.ts";

const weights = "not really weights";
const record: PretrainingRecord = {
  schemaVersion: 1,
  profile: "micro",
  seed: 0,
  recipe: { steps: 1 },
  recipeHash: "0123456789abcdef",
  backend: "wasm",
  blas: null,
  weights: { parameters: 3, sha256: createHash("sha256").update(weights).digest("hex") },
  tokens: 10,
  evaluations: { deep: [{ step: 1 }] },
  provenance: { commit: null, libHash: "ab" },
};

/** The problems of a project with these files instead of sound ones. */
async function problemsWith(changes: Record<string, string>): Promise<string[]> {
  const root = await Deno.makeTempDir(), folder = join(root, "data", "micro");
  const sound = {
    "model.safetensors": weights,
    "vocab.txt": microVocabulary().join("\n") + "\n",
    "pretraining.json": JSON.stringify(record),
  };
  try {
    await Deno.mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries({ ...sound, ...changes })) {
      await Deno.writeTextFile(join(folder, name), text);
    }
    return await checkpointProblems(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("checkpointProblems finds nothing where the record describes the weights, and where there are none", async () => {
  assert.deepEqual(await problemsWith({}), []);
  assert.deepEqual(await checkpointProblems("/no/such/project"), []);
});

Deno.test("checkpointProblems names other weights, another vocabulary and a broken record", async () => {
  const [other] = await problemsWith({ "model.safetensors": "others" });
  assert.match(
    other,
    /pretraining\.json: weights\.sha256 is [0-9a-f]{64}, that of model\.safetensors is [0-9a-f]{64}; restore/,
  );
  assert.match(
    (await problemsWith({ "vocab.txt": "[PAD]\n" })).join("\n"),
    /vocab\.txt is not the vocabulary of the generators/,
  );
  assert.match((await problemsWith({ "pretraining.json": "{" })).join("\n"), /pretraining\.json/);
});
