import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import { run, summaryLine } from "./data.ts";

Deno.test("data refuses a profile without generated rows, no folder, a seed that is none, an unknown task", async () => {
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
});

Deno.test("a summary line names rows, levels and lengths", () => {
  const line = summaryLine({
    task: "rte",
    rows: { train: 2500, dev: 1000 },
    levels: { from: 1, to: 3 },
    tokens: { mean: 35, longest: 36 },
  });
  assert.equal(line, "rte: train 2500, dev 1000; levels 1 to 3; tokens 35.0 on average, 36 at most");
});
