import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { run, scoreFiles } from "./score.ts";

interface Files {
  [name: string]: string;
}

/** Runs `body` with a folder of the given files; its argument turns a name into a path. */
async function withFiles(files: Files, body: (path: (name: string) => string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "score-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await body((name) => join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const cola = ["1", "1", "0", "1", "0", "0"].map((label) => `x\t${label}\t\ta sentence .\n`).join("");
const leaderboard = (values: (string | number)[]) =>
  "index\tprediction\n" + values.map((value, row) => `${row}\t${value}\n`).join("");

Deno.test("score gives CoLA's Matthews of six rows", async () => {
  await withFiles({ "dev.tsv": cola, "CoLA.tsv": leaderboard([1, 1, 1, 0, 0, 0]) }, async (path) => {
    const args = ["--task", "cola", "--labels", path("dev.tsv"), "--predictions", path("CoLA.tsv")];
    const { scores, warnings } = await scoreFiles(args);
    assert.deepEqual([scores.task, scores.n], ["cola", 6]); // TP 2, TN 2, FP 1, FN 1
    for (const name of ["matthews", "score"]) assert.ok(Math.abs(scores[name] as number - 100 / 3) < 1e-9);
    assert.match(warnings[0], /found 6 rows, GLUE's own file has 1043/);
  });
});

Deno.test("run prints one JSON object alone on stdout", async () => {
  await withFiles({ "dev.tsv": cola, "CoLA.tsv": leaderboard([1, 1, 0, 1, 0, 0]) }, async (path) => {
    const { log, error } = console;
    const lines: string[] = [];
    console.log = (line: string) => lines.push(line);
    console.error = () => {};
    try {
      const args = ["--task", "cola", "--labels", path("dev.tsv"), "--predictions", path("CoLA.tsv")];
      assert.equal(await run(args), 0);
    } finally {
      Object.assign(console, { log, error });
    }
    assert.deepEqual(lines.map((line) => JSON.parse(line)), [{
      task: "cola",
      n: 6,
      matthews: 100,
      score: 100,
    }]);
  });
});

const mnliColumns =
  "index promptID pairID genre sentence1_binary_parse sentence2_binary_parse sentence1_parse " +
  "sentence2_parse sentence1 sentence2 label1 label2 label3 label4 label5 gold_label";
const mnli = (labels: string[]) =>
  mnliColumns.replaceAll(" ", "\t") + "\n" +
  labels.map((label) => `0\t0\t0\tg\tp\tp\tp\tp\ta\tb${`\t${label}`.repeat(6)}\n`).join("");

Deno.test("score names MNLI's sets and scores by the matched one", async () => {
  const files = {
    "m.tsv": mnli(["entailment", "neutral"]),
    "mm.tsv": mnli(["contradiction"]),
    "MNLI-m.tsv": leaderboard(["entailment", "entailment"]),
    "MNLI-mm.tsv": leaderboard(["contradiction"]),
  };
  await withFiles(files, async (path) => {
    const matched = ["--task", "mnli", "--labels", path("m.tsv"), "--predictions", path("MNLI-m.tsv")];
    assert.deepEqual((await scoreFiles(matched)).scores, { task: "mnli", n: 2, matched: 50, score: 50 });
    const both = [...matched, "--labels-mm", path("mm.tsv"), "--predictions-mm", path("MNLI-mm.tsv")];
    assert.deepEqual((await scoreFiles(both)).scores, {
      task: "mnli",
      n: 2,
      nMismatched: 1,
      matched: 50,
      mismatched: 100,
      score: 50,
    });
  });
});

Deno.test("score refuses what it cannot score, and says why", async () => {
  const files = {
    "dev.tsv": cola,
    "short.tsv": leaderboard([1, 0]),
    "label.tsv": leaderboard([1, 0, 1, 0, 1, "yes"]),
    "index.tsv": "index\tprediction\n7\t1\n",
  };
  await withFiles(files, async (path) => {
    const refuses = (args: string[], pattern: RegExp) =>
      assert.rejects(scoreFiles(args), (error: Error) => {
        assert.ok(error instanceof InputError, String(error));
        assert.match(error.message, pattern);
        return true;
      });
    const scored = (name: string, task = "cola") => {
      return ["--task", task, "--labels", path("dev.tsv"), "--predictions", path(name)];
    };
    await refuses(scored("short.tsv"), /2 prediction\(s\), .*6 row\(s\)/);
    await refuses(scored("label.tsv"), /label.tsv line 7: found CoLA label "yes"/);
    await refuses(scored("index.tsv"), /index.tsv line 2: found index "7", expected 0/);
    await refuses(scored("none.tsv"), /none.tsv" cannot be read \(ENOENT\)/);
    await refuses(scored("short.tsv", "rte"), /line 1: found header/);
    await refuses(scored("short.tsv", "glue"), /Unknown task "glue"/);
    await refuses([...scored("short.tsv"), "--labels-mm", "x"], /go together/);
    await refuses(["--task", "cola"], /Missing --labels, --predictions. Usage/);
    await refuses(["--tasks", "cola"], /Usage/);
  });
});

Deno.test("score takes the answers of a generated test split for labels", async () => {
  const answers = "split\tindex\tlabel\n" +
    ["entailment", "not_entailment", "entailment", "entailment"].map((label, at) => `test\t${at}\t${label}\n`)
      .join("");
  const predictions = leaderboard(["entailment", "entailment", "entailment", "not_entailment"]);
  await withFiles({ "rte.tsv": answers, "RTE.tsv": predictions }, async (path) => {
    const args = ["--task", "rte", "--labels", path("rte.tsv"), "--predictions", path("RTE.tsv")];
    assert.deepEqual(await scoreFiles(args), {
      scores: { task: "rte", n: 4, accuracy: 50, score: 50 },
      warnings: [],
    });
  });
});
