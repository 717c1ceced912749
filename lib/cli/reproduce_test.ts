import assert from "node:assert/strict";
import { compare, requestsOf, wishOf } from "./reproduce.ts";

Deno.test("wishOf takes the profile's own grid unless told otherwise", () => {
  const { grid, fresh } = wishOf([], {});
  assert.deepEqual([grid.profile, grid.tasks, grid.seeds, fresh], [
    "micro",
    ["sst-2", "mrpc", "rte"],
    [0],
    false,
  ]);
  const methods = [...new Set(grid.methods.map(({ method }) => method))].join(" ");
  assert.equal(methods, "bert bert-first-k dpbert dpbert-soft deebert pabee static-subset");
  assert.deepEqual(wishOf(["--profile", "smoke"], {}).grid.tasks, ["sst-2", "sts-b"]);
});

Deno.test("wishOf takes all tasks and three seeds of micro with --full, unless it is told which", () => {
  const { grid } = wishOf(["--full"], {});
  assert.deepEqual([grid.tasks.length, grid.seeds], [8, [0, 1, 2]]);
  const { grid: some } = wishOf(["--full", "--tasks", "rte"], {});
  assert.deepEqual([some.tasks, some.seeds], [["rte"], [0, 1, 2]]);
});

Deno.test("wishOf takes every method, those that the profile does not run under their defaults", () => {
  assert.deepEqual(wishOf(["--methods", "pabee, dpbert", "--profile", "smoke"], {}).grid.methods, [
    { method: "dpbert", settings: { targetRate: 0.6 } },
    { method: "pabee" },
  ]);
});

Deno.test("wishOf: options win over variables", () => {
  const env = { DPB_PROFILE: "smoke", DPB_TASKS: "cola", DPB_SEEDS: "3" };
  const { grid, config } = wishOf(["--profile", "glue", "--tasks", "mrpc,sts-b", "--into", "results"], env);
  assert.deepEqual([grid.profile, grid.tasks, grid.seeds], ["glue", ["mrpc", "sts-b"], [0, 1, 2]]);
  assert.equal(config.results, "results");
});

Deno.test("wishOf refuses unknown tasks, methods, profiles and options, naming what is known", () => {
  assert.throws(() => wishOf(["--tasks", "mrpc,foo"], {}), {
    name: "InputError",
    message: /mrpc,foo.*sts-b/,
  });
  assert.throws(() => wishOf(["--methods", "bart"], {}), {
    name: "InputError",
    message: /"bart".*bert, bert-first-k, dpbert/,
  });
  assert.throws(() => wishOf(["--profile", "huge"], {}), { name: "InputError", message: /huge/ });
  assert.throws(() => wishOf(["--sedes", "1"], {}), { code: "ERR_PARSE_ARGS_UNKNOWN_OPTION" });
  assert.throws(() => wishOf(["--via", "lab"], {}), {
    name: "InputError",
    message: /"lab".*kernel or jupyter/,
  });
});

Deno.test("requestsOf leaves out what a method cannot do, and says why where nothing else was asked for", () => {
  const grid = (tasks: string) =>
    wishOf(["--profile", "smoke", "--methods", "deebert", "--tasks", tasks], {}).grid;
  assert.deepEqual(requestsOf(grid("sst-2,sts-b")).map(({ task }) => task), ["sst-2"]);
  assert.throws(() => requestsOf(grid("sts-b")), {
    name: "InputError",
    message: /^Nothing is left to run: deebert .* a regression does not have; leave STS-B out\.$/,
  });
});

Deno.test("wishOf keeps the methods' own order, so that stage 1 comes first", () => {
  const { grid } = wishOf(["--profile", "glue", "--methods", "dpbert,bert"], {});
  assert.deepEqual(grid.methods.map(({ method }) => method), ["bert", "dpbert"]);
});

Deno.test("wishOf takes every setting of a method that --methods names", () => {
  const { grid } = wishOf(["--methods", "dpbert"], {});
  assert.deepEqual(grid.methods.map(({ settings }) => settings!.targetRate), [0.45, 0.3]);
});

Deno.test("wishOf reads --jobs, and leaves the number to the machine without it", () => {
  assert.equal(wishOf(["--jobs", "3"], {}).jobs, 3);
  assert.equal(wishOf([], {}).jobs, null);
});

Deno.test("compare says that a profile has nothing committed, and is content", async () => {
  const notes: string[] = [];
  const code = await compare("/no/results", "smoke", { note: (line) => notes.push(line) });
  assert.deepEqual([code, notes], [0, ["\nnothing committed for profile smoke to compare with"]]);
});
