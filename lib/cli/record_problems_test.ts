import assert from "node:assert/strict";
import { join } from "node:path";
import { changeFile, withExampleProject, writeFile } from "./example_results.ts";
import { recordProblems } from "./record_problems.ts";

const dpbert = (root: string, kind: string, end: string) =>
  join(root, "results", "glue", kind, "mrpc", `dpbert-t0.6-s0.${end}`);

Deno.test("recordProblems finds nothing where every record follows from its predictions", async () => {
  await withExampleProject(async (root) => assert.deepEqual(await recordProblems(root), []));
});

Deno.test("recordProblems lets a ratio of short latencies be: 0.694 / 0.374 is 1.856, before rounding it was 1.858", async () => {
  await withExampleProject(async (root) => {
    const timing = dpbert(root, "timings", "json"), found = JSON.parse(await Deno.readTextFile(timing));
    const rounded = { meanMs: 0.374, fullMeanMs: 0.694, speedup: 1.858 };
    const write = (speedup: number) =>
      writeFile(timing, JSON.stringify({ ...found, latency: { ...found.latency, ...rounded, speedup } }));
    await write(1.858);
    assert.deepEqual(await recordProblems(root), []);
    await write(1.862);
    assert.match((await recordProblems(root)).join(), /speedup of its timing is 1\.862/);
  });
});

Deno.test("recordProblems takes the speed-up of a timing from before there were means from its medians", async () => {
  await withExampleProject(async (root) => {
    const timing = dpbert(root, "timings", "json"), found = JSON.parse(await Deno.readTextFile(timing));
    const { meanMs: _, fullMeanMs: __, ...latency } = found.latency;
    assert.deepEqual([latency.medianMs, latency.fullMedianMs], [9, 12]);
    await writeFile(timing, JSON.stringify({ ...found, latency: { ...latency, speedup: 1.333 } }));
    assert.deepEqual(await recordProblems(root), []);
    await writeFile(timing, JSON.stringify({ ...found, latency }));
    assert.match(
      (await recordProblems(root)).join(),
      /speedup of its timing is 1\.2, its latencies give 1\.333/,
    );
  });
});

const faults: { name: string; break: (root: string) => Promise<void>; said: RegExp }[] = [
  {
    name: "a score that its predictions do not give",
    break: (root) => changeFile(dpbert(root, "runs", "json"), '"score": 77.5', '"score": 78.5'),
    said:
      /dpbert-t0\.6-s0\.json: metrics\.score is 78\.5, its predictions give 77\.5; .*--method dpbert --seed 0/,
  },
  {
    name: "another prediction",
    break: (root) => changeFile(dpbert(root, "paths", "tsv"), "2\t0\t1", "2\t0\t0"),
    said: /metrics\.accuracy is 75, its predictions give 100/,
  },
  {
    name: "another path",
    break: (root) => changeFile(dpbert(root, "paths", "tsv"), "111101", "111011"),
    said: /path\.distinctPaths is 1, its predictions give 2/,
  },
  {
    name: "a control that equal paths cannot have",
    break: (root) => changeFile(dpbert(root, "runs", "json"), /("shuffledPathsScore": )[\d.]+/, "$170"),
    said: /controls\.shuffledPathsScore is 70, its paths give 77\.5/,
  },
  {
    name: "a recipe that its hash does not name",
    break: (root) => changeFile(dpbert(root, "runs", "json"), '"epochs": 3', '"epochs": 4'),
    said: /recipeHash is "[0-9a-f]{16}", its recipe, data and weights give "[0-9a-f]{16}"/,
  },
  {
    name: "an older recipe",
    break: (root) => changeFile(dpbert(root, "runs", "json"), '"lambda2": 10', '"lambda2": 1'),
    said:
      /dpbert-t0\.6-s0\.json: recipe\.stage3\.lambda2 is 1, today's recipe has 10; train it again \(.*targetRate=0\.6\)/,
  },
  {
    name: "a parent that is not there, whose files are left over",
    break: (root) => Deno.remove(join(root, "results/glue/runs/mrpc/bert-s0.json")),
    said: /its parent bert-s0 has no record on mrpc[\s\S]*paths\/mrpc\/bert-s0\.tsv: belongs to no record/,
  },
  {
    name: "a row less",
    break: (root) => changeFile(dpbert(root, "paths", "tsv"), "3\t0\t0\t111101\n", ""),
    said: /data\.rows of dev is 4, its predictions are for 3/,
  },
  {
    name: "a speed-up that its latencies do not give",
    break: (root) => changeFile(dpbert(root, "timings", "json"), '"speedup": 1.2', '"speedup": 1.3'),
    said: /latency\.speedup of its timing is 1\.3, its latencies give 1\.2/,
  },
  {
    name: "a test score without test predictions",
    break: (root) =>
      changeFile(dpbert(root, "runs", "json"), '"metrics": {', '"test": { "score": 70 }, "metrics": {'),
    said: /test\.score is 70, its test predictions give null/,
  },
  {
    name: "test predictions whose score is not recorded",
    break: (root) => Deno.copyFile(dpbert(root, "paths", "tsv"), dpbert(root, "paths", "test.tsv")),
    said: /test\.f1 is null, its test predictions give 80/,
  },
  {
    name: "no timing",
    break: (root) => Deno.remove(dpbert(root, "timings", "json")),
    said: /has no timing beside it/,
  },
  {
    name: "no curve",
    break: (root) => Deno.remove(dpbert(root, "curves", "jsonl")),
    said: /dpbert-t0\.6-s0\.jsonl is missing/,
  },
  {
    name: "a file that belongs to no record",
    break: (root) => writeFile(join(root, "results/glue/paths/rte/bert-s9.tsv"), ""),
    said: /^results\/glue\/paths\/rte\/bert-s9\.tsv: belongs to no record/,
  },
];

for (const fault of faults) {
  Deno.test(`recordProblems names ${fault.name}`, async () => {
    await withExampleProject(async (root) => {
      await fault.break(root);
      assert.match((await recordProblems(root)).join("\n"), fault.said);
    });
  });
}
