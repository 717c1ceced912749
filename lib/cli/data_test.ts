import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { run, summaryLine } from "./data.ts";

Deno.test("data refuses a profile without generated rows, no folder, a seed that is none, a task unknown or repeated", async () => {
  const refused = (args: string[], message: RegExp) =>
    assert.rejects(run(args), (error: Error) => error instanceof InputError && message.test(error.message));
  await refused(
    ["--profile", "glue", "--out", "x"],
    /profile "glue"; rows are generated for micro and smoke/,
  );
  await refused(["--profile", "micro"], /No folder to write to/);
  await refused(["--profile", "micro", "--out", "x", "--seed", "two"], /seed "two"/);
  await refused(["--profile", "micro", "--out", "x", "--tasks", "wnli"], /No micro-GLUE task "wnli"/);
  await refused(["--profile", "smoke", "--out", "x", "--tasks", "wnli"], /No smoke rows for task "wnli"/);
  for (const profile of ["micro", "smoke"]) {
    const repeated = ["--profile", profile, "--out", "x", "--tasks", "rte,cola, rte"];
    await refused(repeated, /--tasks "rte,cola, rte" names rte more than once; expected every task once/);
  }
});

for (const profile of ["micro", "smoke"]) {
  Deno.test(`data leaves a GLUE copy alone and says so, and writes ${profile} again into its own folder`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "data-" }), train = join(folder, "RTE", "train.tsv");
    const args = ["--profile", profile, "--out", folder, "--tasks", "cola,rte"];
    try {
      await mkdir(join(folder, "RTE"));
      await writeFile(train, "mine");
      await assert.rejects(
        run(args),
        (error: Error) =>
          error instanceof InputError && /RTE.*train\.tsv.*choose another/.test(error.message),
      );
      assert.deepEqual(await readdir(folder), ["RTE"]);
      assert.equal(await readFile(train, "utf8"), "mine");
      await rm(train);
      assert.equal(await run(args), 0);
      const written = await readFile(train, "utf8");
      assert.equal(await run(args), 0);
      assert.equal(await readFile(train, "utf8"), written);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

Deno.test("a summary line names rows, levels and lengths", () => {
  const line = summaryLine({
    task: "rte",
    rows: { train: 2500, dev: 1000 },
    levels: { from: 1, to: 3 },
    tokens: { mean: 35, longest: 36 },
  });
  assert.equal(line, "rte: train 2500, dev 1000; levels 1 to 3; tokens 35.0 on average, 36 at most");
});
