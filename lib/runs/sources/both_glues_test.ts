import assert from "node:assert/strict";
import { join } from "node:path";
import { microDev, writeMicroGlue } from "../../micro/mod.ts";
import { bothGlues } from "./both_glues.ts";

Deno.test("bothGlues reads the first dev row of the tasks that the folder has, and none of the others", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const rows = { train: 10, other: 10 };
    await writeMicroGlue(folder, { seed: 1, tasks: ["rte"], rows }); // in the place of GLUE's own
    const found = await bothGlues(folder);
    assert.deepEqual(found.filter(({ real }) => real !== null).map(({ task }) => task), ["rte"]);
    const [own] = microDev("rte").examples, rte = found.find(({ task }) => task === "rte")!;
    assert.equal(rte.generated.a, own.a);
    assert.ok(rte.real!.a !== own.a && /entailment$/.test(rte.real!.label));
    await Deno.writeTextFile(join(folder, "RTE", "dev.tsv"), "nothing");
    await assert.rejects(bothGlues(folder), /RTE\/dev\.tsv/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
