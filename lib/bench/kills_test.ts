import assert from "node:assert/strict";
import { join } from "node:path";
import { differences, killRuns } from "./kills.ts";
import { agedResults, brokenFiles, differingPaths, type Files, filesUnder, layDown } from "./kills_check.ts";
import { calmRun } from "./kills_life.ts";
import { twoTrainings } from "./two_at_once.ts";

async function withFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a run killed at 20 moments of all stages, inside writes too, loses no record and ends in the same bytes", async () => {
  const report = await killRuns({ kills: 20, seed: 0 });
  assert.equal(report.kills, 20);
  assert.equal(Object.values(report.byPhase).reduce((a, b) => a + b, 0), 20);
  for (const phase of ["stage 1", "stage 2", "stage 3", "evaluation", "inside a write"] as const) {
    assert.ok(report.byPhase[phase] > 0, phase);
  }
  assert.ok(report.runs > 0 && report.atRandomTimes > 0);
  assert.deepEqual(
    [report.failures, report.brokenFiles, report.recordsLost, report.runsDiffering, report.differences],
    [[], [], 0, 0, []],
  );
});

Deno.test("two trainings of the same runs at once fail in nothing and leave what one alone leaves", async () => {
  await withFolder(async (folder) => {
    const { files } = await calmRun(join(folder, "alone"), { checkpointEvery: 60_000, backend: "wasm" });
    assert.deepEqual(await twoTrainings(join(folder, "together"), files), { differences: [], failures: [] });
    // The check itself can fail: an earlier training's results are seen as such, and as one of two allowed ones.
    const aged = agedResults(files);
    assert.equal(differences(aged, files, null).length, 2 * 3); // record, predictions and curve of both runs
    assert.deepEqual(differences(aged, files, aged), []);
    const [path] = [...aged.keys()].filter((path) => /curves.*dpbert/.test(path));
    assert.equal(differences(new Map([...aged, [path, files.get(path)!]]), files, aged).length, 2);
    assert.deepEqual(differences(new Map([...files, ["smoke/.a.tmp", ""]]), files, null), ["smoke/.a.tmp"]);
  });
});

Deno.test("brokenFiles names every kind of file that was cut off, and no temporary one", async () => {
  await withFolder(async (folder) => {
    const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const sound: Files = new Map([
      [
        "checkpoints/a/model.safetensors",
        `${String.fromCharCode(header.length)}\0\0\0\0\0\0\0${header}\xff\x80\x9f\0`,
      ],
      ["checkpoints/a/vocab.txt", "[PAD]\n[UNK]\n"],
      ["checkpoints/a/config.json", '{"a":1}\n'],
      ["paths/a.tsv", "id\tlabel\tprediction\tpath\n0\t1\t1\t0110\n"],
      ["curves/a.jsonl", '{"stage":"stage1","step":1,"loss":0.5}\n'],
    ]);
    await layDown(folder, sound);
    assert.deepEqual(filesUnder(folder), new Map([...sound].sort(([a], [b]) => a < b ? -1 : 1)));
    assert.deepEqual(await brokenFiles(folder, sound), []);
    const cut: Files = new Map([...sound].map(([path, text]) => [path, text.slice(0, -2)]));
    const record = ["x/runs/a.json", "x/timings/a.json"].map((path) => [path, '{"schemaVersion":1'] as const);
    const half: Files = new Map([...cut, ...record, [".config.json.7-1a2b3c4d.tmp", '{"a'], [
      "a.lock",
      "71",
    ]]);
    await layDown(folder, half);
    assert.deepEqual(
      (await brokenFiles(folder, half)).map((text) => text.split(":")[0]),
      [...cut.keys(), ...record.map(([path]) => path)],
    );
  });
});

Deno.test("differingPaths compares names of what a clock decides, bytes of all else", () => {
  const files: Files = new Map([["a/runs/x.json", "1"], ["a/timings/x.json", "1"], ["a/tables/t.md", "1"]]);
  const other: Files = new Map([["a/runs/x.json", "2"], ["a/timings/x.json", "2"], ["a/figures/f.svg", "2"]]);
  assert.deepEqual(differingPaths(files, other), ["a/runs/x.json", "a/tables/t.md", "a/figures/f.svg"]);
});
