import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { copyFolder, type ExampleRun, trainExample, withExample } from "../example_run.ts";
import { overridesOf } from "../records/overrides.ts";
import { findSaved } from "./saved.ts";

Deno.test("findSaved finds a run by its record and by its folder, and a folder elsewhere without a record", async () => {
  await withExample("sst-2", async ({ record, paths, results }) => {
    const expected = { folder: paths.checkpoint, record };
    assert.deepEqual(await findSaved(paths.record), expected);
    assert.deepEqual(await findSaved(`${paths.checkpoint}/`), expected);
    await copyFolder(paths.checkpoint, `${results}/elsewhere`);
    assert.deepEqual(await findSaved(`${results}/elsewhere`), {
      folder: `${results}/elsewhere`,
      record: null,
    });
  });
});

const refused = (path: string, message: RegExp) =>
  assert.rejects(findSaved(path), { name: "InputError", message });

/** `body` with the text of the run's record changed. */
async function withRecord(
  { paths }: ExampleRun,
  change: (text: string) => string,
  body: () => Promise<void>,
) {
  const text = await Deno.readTextFile(paths.record);
  await Deno.writeTextFile(paths.record, change(text));
  await body();
  await Deno.writeTextFile(paths.record, text);
}

Deno.test("findSaved says what is wrong with a path, and how weights are made again", async () => {
  await withExample("sst-2", async (run) => {
    const { paths, results } = run;
    await refused(`${results}/nothing`, /nothing" does not exist; expected a run's record .* or the folder/);
    await refused(results, /holds no config\.json/);
    await refused(paths.timing, /no run's record by its place/);
    await refused(paths.curve, /no run's record by its place/);
    for (const path of [paths.record, paths.checkpoint]) {
      await withRecord(run, (text) => text.replace('"schemaVersion": 1', '"schemaVersion": 2'), async () => {
        await refused(path, /schemaVersion 2, this build reads 1/);
      });
      await withRecord(run, (text) => text.slice(0, 100), () => refused(path, /not complete JSON/));
    }
    const renamed = paths.record.replace("dpbert", "another");
    await Deno.copyFile(paths.record, renamed);
    await refused(renamed, /under another name.*name the folder/);

    const command = "deno task train --profile smoke --task sst-2 --method dpbert --seed 0 --set epochs=1 " +
      "--set stage2.steps=2 --set stage3.steps=4 --set targetRate=0.6 --fresh";
    const planner = `${paths.checkpoint}/planner.safetensors`;
    await Deno.rename(planner, `${results}/planner`);
    await refused(paths.record, new RegExp(`holds no planner\\.safetensors.*${command}`));
    await Deno.rename(`${results}/planner`, planner);
    await Deno.remove(paths.checkpoint, { recursive: true });
    await refused(paths.record, new RegExp(`holds no weights\\. .*${command}`));
    await refused(paths.checkpoint, /holds no weights/);
  });
});

Deno.test("the command that findSaved names trains the weights again", async () => {
  const results = await Deno.makeTempDir();
  try {
    const { paths, record } = await trainExample(results, "sst-2", "bert");
    assert.deepEqual(overridesOf(record), { epochs: 1 });
    const model = await Deno.readFile(`${paths.checkpoint}/model.safetensors`);
    await Deno.remove(paths.checkpoint, { recursive: true });
    const command = /`deno task (.*)`/.exec(
      await findSaved(paths.record).catch((error) => error.message),
    )![1];
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", new URL("../../cli/main.ts", import.meta.url).pathname, ...command.split(" ")],
      env: { DPB_RESULTS: results, DPB_BACKEND: "wasm" },
      stdout: "null",
      stderr: "null",
    }).output();
    assert.equal(code, 0);
    // Not deepEqual: showing how two models differ takes more memory than a machine has.
    const again = await Deno.readFile(`${paths.checkpoint}/model.safetensors`);
    assert.ok(Buffer.from(again).equals(model), "other weights");
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});
