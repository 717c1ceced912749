import assert from "node:assert/strict";
import { readConfig } from "../config.ts";
import { denoState, machineState, run, stateLine } from "./setup.ts";

Deno.test("denoState accepts 2.9.6 and newer, and says how to get it otherwise", () => {
  assert.equal(denoState("2.9.6").found, "2.9.6");
  assert.equal(denoState("2.10.0").found, "2.10.0");
  assert.equal(denoState("2.9.5").found, null);
  assert.match(denoState("2.9.5").fix, /2\.9\.5.*npx -y deno@2\.9\.6/);
});

Deno.test("stateLine shows what was found, or the fix", () => {
  assert.equal(stateLine({ what: "BLAS", found: "openblas", fix: "get one" }), "[x] BLAS: openblas");
  assert.equal(stateLine({ what: "BLAS", found: null, fix: "get one" }), "[ ] BLAS: not there - get one");
});

Deno.test("run refuses an unknown name and an unknown option before it does anything", async () => {
  await assert.rejects(run(["--weights", "maxilm"]), {
    name: "InputError",
    message: /"maxilm"; expected minilm/,
  });
  await assert.rejects(run(["--wieghts", "minilm"]), { name: "InputError", message: /--wieghts.*Usage/ });
  await assert.rejects(run(["minilm"]), { name: "InputError", message: /minilm.*Usage/ });
});

Deno.test("machineState has a line with a fix for each thing, and names a GLUE folder that is not there", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/MRPC`);
    const config = { ...readConfig({}), hfHome: folder, blas: "off" };
    const states = await machineState({ ...config, glueDir: folder });
    const kinds = states.map((state) => state.what);
    assert.deepEqual(kinds, ["Deno", "BLAS", "WebGPU adapter", "weights minilm", "GLUE folder"]);
    assert.ok(states.every((state) => state.fix.length > 0));
    assert.equal(states[1].found, null);
    assert.equal(states[3].found, null);
    assert.equal(states[4].found, `${folder} (MRPC)`);
    const none = await machineState({ ...config, glueDir: `${folder}/none` });
    assert.match(stateLine(none[4]), /not there - DPB_GLUE_DIR=.*none" is not a folder/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
