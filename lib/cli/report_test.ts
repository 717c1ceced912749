import assert from "node:assert/strict";
import { join } from "node:path";
import { changeFile, withExampleProject } from "./example_results.ts";
import { run } from "./report.ts";

Deno.test("report --into writes tables and figures again from the records there", async () => {
  await withExampleProject(async (root) => {
    const results = join(root, "results"), table = join(results, "glue/tables/claims.md");
    const right = await Deno.readTextFile(table), { log } = console;
    await changeFile(table, "100.0", "99.0");
    try {
      console.log = () => {};
      assert.equal(await run(["--into", results]), 0);
    } finally {
      console.log = log;
    }
    // links into the project lead to this one, which lies elsewhere than the example
    const plain = (text: string) => text.replaceAll(/\]\([^)]*\)/g, "]");
    assert.equal(plain(await Deno.readTextFile(table)), plain(right));
    const png = await Deno.readFile(join(results, "glue/figures/figure3.png"));
    assert.deepEqual([...png.subarray(1, 4)], [80, 78, 71]); // drawn, where the example had none
  });
});

Deno.test("report refuses a folder without records", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(run(["--into", folder]), /has no records; expected a folder of profiles/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("report --notebooks refuses a name that no notebook begins with, before any is executed", async () => {
  await assert.rejects(
    run(["--notebooks", "01,77"]),
    /No notebook begins with "77"; there are 00_data\.ipynb, /,
  );
});
