import assert from "node:assert/strict";
import { parseLeaderboard, taskById } from "../glue/mod.ts";
import { copyFolder, type ExampleRun, withExample } from "../runs/example_run.ts";
import { resultText, run } from "./evaluate.ts";

// As the example runs are trained, whatever this machine would choose.
Deno.env.set("DPB_BACKEND", "wasm");

/** What `run` prints on stdout and stderr. */
async function printed(args: string[]): Promise<{ out: string[]; err: string[]; code: number }> {
  const { log, error } = console, out: string[] = [], err: string[] = [];
  console.log = (line: string) => out.push(line);
  console.error = (line: string) => err.push(line);
  try {
    return { code: await run(args), out, err };
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("evaluate --json prints the record's numbers alone on stdout", async () => {
  await withExample("sst-2", async ({ record, paths }) => {
    const { code, out, err } = await printed(["--run", paths.record, "--json"]);
    assert.deepEqual([code, out.length, err], [0, 1, []]);
    const { backend, blas, ...result } = JSON.parse(out[0]);
    assert.deepEqual([backend, typeof blas], ["wasm", record.blas === null ? "object" : "string"]);
    assert.deepEqual(result, {
      task: "sst-2",
      split: "dev",
      n: 32,
      metrics: record.metrics,
      ...record.path,
      data: { file: "SST-2/dev.tsv", sha256: record.data.sha256["dev.tsv"] },
      out: null,
    });
  });
});

Deno.test("evaluate of a split without labels writes a leaderboard file, and asks for its name before it works", async () => {
  await withExample("sts-b", async ({ paths, results }) => {
    const args = ["--run", paths.checkpoint, "--split", "test"];
    await assert.rejects(run(args), { name: "InputError", message: /test split has no labels.*--out/ });
    await assert.rejects(run([...args, "--out", results]), { name: "InputError", message: /is a folder/ });
    const file = `${results}/out/STS-B.tsv`;
    const { out } = await printed([...args, "--out", file]);
    assert.match(out[0], /score +none: this split has no labels/);
    const values = parseLeaderboard(taskById("sts-b"), await Deno.readFile(file), file);
    assert.ok(values.length === 16 && values.every((value) => value >= 0 && value <= 5));
  });
});

/** A GLUE folder with the first two rows of the smoke dev set, and other bytes than the record's. */
async function shortGlue({ results }: ExampleRun): Promise<string> {
  await Deno.mkdir(`${results}/glue/SST-2`, { recursive: true });
  await Deno.writeTextFile(
    `${results}/glue/SST-2/dev.tsv`,
    "sentence\tlabel\nit was a good horse .\t1\nit was a bad horse .\t0\n",
  );
  return `${results}/glue`;
}

Deno.test("evaluate warns on stderr of other rows, and needs a task where there is no record", async () => {
  await withExample("sst-2", async (example) => {
    const glue = await shortGlue(example);
    const { out, err } = await printed(["--run", example.paths.record, "--glue-dir", glue]);
    assert.match(out[0], /^SST-2 dev +2 examples/);
    assert.ok(err.some((line) => /warning: SST-2\/dev\.tsv is not the file/.test(line)), err.join());
    const folder = `${example.results}/elsewhere`;
    await copyFolder(example.paths.checkpoint, folder);
    const args = ["--run", folder, "--glue-dir", glue];
    await assert.rejects(run(args), { name: "InputError", message: /name one with --task/ });
    const foreign = await printed([...args, "--task", "sst-2", "--json"]);
    assert.deepEqual([foreign.out.length, JSON.parse(foreign.out[0]).n], [1, 2]);
    await assert.rejects(run(["--run", folder, "--glue-dir", "/nowhere"]), {
      message: /--glue-dir \/nowhere is no fold/,
    });
  });
});

Deno.test("resultText lines up scores, layers and paths", () => {
  const text = resultText({
    rows: {
      task: taskById("mrpc"),
      split: "dev",
      rows: { examples: [], warnings: [], sha256: "", file: "MRPC/dev.tsv" },
      labelled: true,
      warnings: [],
    },
    result: {
      metrics: { accuracy: 75, f1: 80.004, score: 77.502 },
      path: { meanExecutedLayers: 1.5, numLayers: 2, executedShare: [1, 0.5], distinctPaths: 2 },
      predictions: [1, 0, 1, 1],
    },
    out: null,
    backend: "wasm",
    blas: null,
  });
  assert.equal(
    text,
    [
      "MRPC dev         4 examples, on wasm",
      "accuracy         75.00",
      "f1               80.00",
      "score            77.50",
      "layers executed  1.50 of 2",
      "share per layer  1.00 0.50",
      "distinct paths   2",
    ].join("\n"),
  );
});

Deno.test("evaluate needs --run", async () => {
  await assert.rejects(run([]), { name: "InputError", message: /needs --run\. Usage: deno task evaluate/ });
});
