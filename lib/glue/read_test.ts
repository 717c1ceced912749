import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { InputError } from "../errors.ts";
import { smokeFiles, smokeTasks } from "../micro/mod.ts";
import { mutated } from "../mutated.ts";
import { parseSplit, readSplit, readSplitFile } from "./read.ts";
import { splitFile, type SplitName, taskById, type TaskId, tasks } from "./tasks.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const quiet = { expectOfficialCounts: false };

function parse(id: TaskId, split: SplitName, text: string) {
  const task = taskById(id);
  const spec = splitFile(task, split);
  return parseSplit(task, spec, bytes(text), `${task.folder}/${spec.file}`, quiet);
}

function refuses(id: TaskId, split: SplitName, text: string, message: RegExp) {
  assert.throws(() => parse(id, split, text), (error: Error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

const rte = "index\tsentence1\tsentence2\tlabel\n";
const mrpc = "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n";
const sts = "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n";
const qqp = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n";

Deno.test("parseSplit reads CoLA, which has no header", () => {
  const { examples } = parse("cola", "dev", "src\t1\t\tIt rains.\nsrc\t0\t*\tRains it it.\n");
  assert.deepEqual(examples, [
    { index: 0, a: "It rains.", b: null, label: 1, labelText: "1" },
    { index: 1, a: "Rains it it.", b: null, label: 0, labelText: "0" },
  ]);
  refuses("cola", "dev", "source\tlabel\tmark\tsentence\n", /CoLA\/dev.tsv line 1: found a header/);
});

Deno.test("parseSplit keeps quotes, stray and paired, as text", () => {
  const { examples } = parse("mrpc", "dev", `${mrpc}1\t1\t2\t"It is\tso .\n0\t3\t4\ta "b" c\t" "" '\n`);
  assert.deepEqual(examples.map(({ a, b, label }) => [a, b, label]), [
    ['"It is', "so .", 1],
    ['a "b" c', '" "" \'', 0],
  ]);
});

Deno.test("parseSplit takes CRLF, a missing last line feed, and odd characters inside fields", () => {
  const text = "sentence\tlabel\r\na b \u2028 \uFEFF é 漢 \u0001\t1\r\nc\t0";
  const { examples } = parse("sst-2", "train", text);
  assert.deepEqual(examples.map(({ a }) => a), ["a b \u2028 \uFEFF é 漢 \u0001", "c"]);
});

Deno.test("parseSplit refuses what no text file has, by its line, and shows what cannot be seen", () => {
  const dev = "sentence\tlabel\na\t1\n";
  refuses("sst-2", "dev", `${dev}b\0c\t0\n`, /dev.tsv line 3: found a NUL byte/);
  refuses("sst-2", "dev", `${dev}b\rc\t0\n`, /dev.tsv line 3: found a carriage return inside the line/);
  refuses("sst-2", "dev", `${dev}b\t0\r\r\n`, /line 3: found a carriage return/);
  refuses("sst-2", "dev", dev.replaceAll("\n", "\r"), /line 1: found a carriage return/);
  refuses("sst-2", "dev", `${dev}\uFEFFb\t0\n`, /line 3: found a byte-order mark in the middle/);
  refuses("sst-2", "dev", `\uFEFF\uFEFF${dev}`, /line 1: found a byte-order mark/);
  refuses("sst-2", "dev", `${dev}${dev}`, /line 3: found the header again/);
  refuses("sst-2", "dev", dev.replace("\t", "\t\uFEFF"), /found header "sentence, \\ufefflabel"/);
  refuses("sst-2", "dev", `${dev}b\t1 \n`, /line 3: found SST-2 label "1 "/);
  // QQP's rows with odd characters go where its rows with line feeds go, as in Hugging Face's reader.
  const { examples, warnings } = parse("qqp", "train", `${qqp}1\t2\t3\tq\rq\tq\t0\n2\t4\t5\tq1\tq2\t1\n`);
  assert.deepEqual([examples.map(({ index }) => index), warnings.length], [[1], 1]);
});

Deno.test("parseSplit finds MNLI's label last in train and dev, and no label in test", () => {
  const names = (split: SplitName) => splitFile(taskById("mnli"), split).columns.join("\t") + "\n";
  const start = "0\t0\t0s\tg\tp\tp\tp\tp\tone .\ttwo .";
  const train = parse("mnli", "train", `${names("train")}${start}\tneutral\tcontradiction\n`).examples[0];
  assert.deepEqual([train.a, train.b, train.label], ["one .", "two .", 2]);
  const votes = "\tneutral".repeat(5);
  const dev = parse("mnli", "dev-mm", `${names("dev-mm")}${start}${votes}\tentailment\n`).examples[0];
  assert.deepEqual([dev.label, dev.labelText], [0, "entailment"]);
  assert.equal(parse("mnli", "test", `${names("test")}${start}\n`).examples[0].label, null);
});

Deno.test("parseSplit keeps a score's own digits beside its value", () => {
  const row = (score: string) => `0\tg\tf\ty\t1\tn\tn\tone\ttwo\t${score}\n`;
  const { examples } = parse("sts-b", "dev", sts + row("3.80") + row("0") + row("5.000"));
  assert.deepEqual(examples.map(({ label, labelText }) => [label, labelText]), [
    [3.8, "3.80"],
    [0, "0"],
    [5, "5.000"],
  ]);
  for (const score of ["5.001", "-1", "", " 1", "x", "NaN", "Infinity", "0x2"]) {
    refuses(
      "sts-b",
      "dev",
      sts + row("1") + row(score),
      /dev.tsv line 3: found STS-B score ".*number from 0 to 5/,
    );
  }
});

Deno.test("parseSplit drops QQP's short rows with a warning and keeps the others' row numbers", () => {
  const text = `${qqp}1\t2\t3\tbroken question\n rest\tq\t0\n2\t4\t5\tq1\tq2\t1\n3\t6\t7\t\tq2\t0\n`;
  const { examples, warnings } = parse("qqp", "train", text);
  assert.deepEqual(examples.map(({ index, a, label }) => [index, a, label]), [[2, "q1", 1], [3, "", 0]]);
  assert.deepEqual(warnings, ["QQP/train.tsv: dropped 2 row(s) with missing fields."]);
  refuses("qqp", "test", "id\tquestion1\tquestion2\n0\tq1\n", /line 2: found 2 column\(s\), expected 3/);
  assert.equal(parse("qqp", "test", "index\tquestion1\tquestion2\n0\tq1\tq2\n").examples.length, 1);
});

Deno.test("parseSplit refuses a QQP file that is mostly broken rows", () => {
  const good = "1\t2\t3\tq1\tq2\t0\n";
  assert.equal(parse("qqp", "train", qqp + good + "broken\n".repeat(1001)).examples.length, 1);
  refuses(
    "qqp",
    "train",
    qqp + good + "broken\n".repeat(1002),
    /line 1004: found 1002 rows with missing fields and 1 others/,
  );
});

Deno.test("parseSplit names file, line, found and expected of a broken row", () => {
  const good = "0\tone\ttwo\tentailment\n";
  refuses(
    "rte",
    "dev",
    `${rte}${good}1\tone\ttwo\n`,
    /RTE\/dev.tsv line 3: found 3 column\(s\), expected 4 \(index, /,
  );
  refuses("rte", "dev", `${rte}${good}\n${good}`, /line 3: found 1 column\(s\), expected 4/);
  refuses("rte", "dev", `${rte}0\ta\tb\tc\tentailment\n`, /line 2: found 5 column\(s\)/);
  refuses(
    "rte",
    "dev",
    `${rte}0\ta\tb\tentailed\n`,
    /line 2: found RTE label "entailed", expected one of entailment, /,
  );
  refuses(
    "rte",
    "dev",
    `${rte}0\ta\t \tentailment\n`,
    /line 2: found an empty sentence2, expected a sentence/,
  );
  refuses(
    "rte",
    "test",
    "index\tsentence1\tsentence2\n0\ta\tb\n2\ta\tb\n",
    /line 3: found index "2", expected 1/,
  );
});

Deno.test("parseSplit refuses an empty file, a header alone, a missing or another task's header", () => {
  refuses("rte", "dev", "", /RTE\/dev.tsv is empty; expected 277 rows/);
  refuses("rte", "dev", "\uFEFF", /is empty/);
  refuses("rte", "dev", rte, /header but no rows/);
  refuses(
    "rte",
    "dev",
    "0\tone\ttwo\tentailment\n",
    /line 1: found header "0, one.*expected "index, sentence1/,
  );
  refuses("rte", "dev", "index\tquestion\tsentence\tlabel\n0\ta\tb\tentailment\n", /line 1: found header/);
});

Deno.test("parseSplit warns of a row count that is not GLUE's, when asked", () => {
  const task = taskById("rte");
  const text = bytes(`${rte}0\tone\ttwo\tentailment\n`);
  const { warnings, sha256 } = parseSplit(task, splitFile(task, "dev"), text, "RTE/dev.tsv");
  assert.deepEqual(warnings, ["RTE/dev.tsv: found 1 rows, GLUE's own file has 277."]);
  assert.equal(sha256, createHash("sha256").update(text).digest("hex"));
  assert.deepEqual(parseSplit(task, splitFile(task, "dev"), text, "RTE/dev.tsv", quiet).warnings, []);
});

Deno.test("parseSplit meets damaged files of every task with a split or an InputError", () => {
  for (const id of smokeTasks) {
    const task = taskById(id), spec = splitFile(task, "train");
    const text = smokeFiles(id, 0)[`${task.folder}/${spec.file}`].split("\n").slice(0, 6).join("\n") + "\n";
    const content = fc.oneof(mutated(bytes(text)), mutated(bytes(text)), fc.uint8Array({ maxLength: 64 }));
    const property = fc.property(content, (damaged) => {
      try {
        const { examples } = parseSplit(task, spec, damaged, "f.tsv", quiet);
        assert.ok(examples.every(({ a, label }) => !/[\0\r\n\t]/.test(a) && label !== null && label >= 0));
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
        assert.ok(error.message.length < 500 && !error.message.includes("\n"), error.message);
      }
    });
    fc.assert(property, { seed: 3, numRuns: 400 });
  }
});

Deno.test("readSplit reads a folder and says how to name one that is missing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "glue-"));
  try {
    const task = taskById("rte");
    await mkdir(join(folder, "RTE"));
    await writeFile(join(folder, "RTE", "dev.tsv"), `${rte}0\tone\ttwo\tnot_entailment\n`);
    const split = await readSplit(task, folder, "dev", quiet);
    assert.deepEqual([split.file, split.examples[0].label], ["RTE/dev.tsv", 1]);
    const other = await readSplitFile(task, join(folder, "RTE", "dev.tsv"), "dev", quiet);
    assert.deepEqual(other.examples, split.examples);
    const missing = (pattern: RegExp) => (error: Error) =>
      error instanceof InputError && pattern.test(error.message);
    await assert.rejects(
      readSplit(task, folder, "train"),
      missing(/RTE\/train.tsv.* is missing.*DPB_GLUE_DIR/),
    );
    await assert.rejects(readSplit(task, join(folder, "no"), "dev"), missing(/No GLUE folder.*DPB_GLUE_DIR/));
    await assert.rejects(readSplit(task, "", "dev"), missing(/No GLUE folder at ""/));
    await mkdir(join(folder, "RTE", "train.tsv"));
    await assert.rejects(readSplit(task, folder, "train"), missing(/cannot be read \(EISDIR\)/));
  } finally {
    await rm(folder, { recursive: true });
  }
});

const glueDir = Deno.env.get("DPB_GLUE_DIR");

Deno.test({
  name: "readSplit reads every real file with GLUE's row counts (needs DPB_GLUE_DIR)",
  ignore: !glueDir,
  async fn() {
    const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
    let read = 0;
    for (const task of tasks) {
      for (const [split, { file, rows }] of Object.entries(task.splits)) {
        const path = join(glueDir!, task.folder, file);
        if (!await exists(dirname(path))) continue;
        const { examples, warnings } = await readSplit(task, glueDir!, split as SplitName);
        // One copy of MRPC in circulation lacks a row; the reader says so.
        const known = task.id === "mrpc" && split === "train" && examples.length === 3667;
        if (known) assert.match(warnings[0], /found 3667 rows, GLUE's own file has 3668/);
        else assert.equal(examples.length, rows, path);
        read++;
      }
    }
    assert.ok(read > 0, `no task's folder in ${glueDir}`);
  },
});
