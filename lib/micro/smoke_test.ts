import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { readSplit, splitFile, type SplitName, taskById } from "../glue/mod.ts";
import { smokeFiles, smokeRows, smokeTasks, smokeVocabulary, writeSmokeGlue } from "./smoke.ts";

const official = { expectOfficialCounts: false };

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "smoke-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

Deno.test("smokeVocabulary begins with the special tokens and has fewer than 60 words, each once", () => {
  const words = smokeVocabulary();
  assert.deepEqual(words.slice(0, 5), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
  assert.ok(words.length < 60);
  assert.equal(new Set(words).size, words.length);
});

Deno.test("writeSmokeGlue writes what the GLUE reader reads, in words of the vocabulary", async () => {
  const words = new Set(smokeVocabulary());
  await inFolder(async (folder) => {
    await writeSmokeGlue(folder, { seed: 0 });
    for (const task of smokeTasks.map(taskById)) {
      for (const split of Object.keys(task.splits) as SplitName[]) {
        const { examples, warnings } = await readSplit(task, folder, split, official);
        assert.deepEqual(warnings, []);
        assert.equal(examples.length, smokeRows[split.split("-")[0] as "train" | "dev" | "test"]);
        for (const { a, b } of examples) {
          for (const word of `${a} ${b ?? "."}`.split(" ")) {
            assert.ok(words.has(word), `${task.id}: "${word}"`);
          }
        }
        if (splitFile(task, split).label !== null) {
          const labels = new Set(examples.map(({ label }) => label));
          assert.equal(labels.size, task.kind === "regression" ? 6 : task.labels.length);
        }
      }
    }
  });
});

Deno.test("smokeFiles follow their rules: shared noun, word order, shared words", () => {
  const rows = (task: string, file: string) => smokeFiles(task, 4)[file].trimEnd().split("\n");
  for (const row of rows("rte", "RTE/train.tsv").slice(1)) {
    const [, a, b, label] = row.split("\t");
    assert.equal(a.split(" ")[2] === b.split(" ")[3], label === "entailment", row);
  }
  for (const row of rows("cola", "CoLA/train.tsv")) {
    const [, label, , sentence] = row.split("\t");
    assert.equal(sentence.startsWith("the "), label === "1", row);
  }
  for (const row of rows("sts-b", "STS-B/train.tsv").slice(1)) {
    const fields = row.split("\t");
    const [a, b] = [fields[7], fields[8]].map((sentence) => sentence.split(" "));
    assert.equal(a.filter((word, at) => word === b[at]).length - 3, Number(fields[9]), row); // "the", "a", "."
  }
});

Deno.test("smokeFiles write GLUE's own first lines", () => {
  const first = (task: string, file: string) => smokeFiles(task, 0)[file].split("\n")[0];
  assert.equal(first("mrpc", "MRPC/train.tsv"), "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String");
  assert.equal(first("mrpc", "MRPC/test.tsv"), "index\t#1 ID\t#2 ID\t#1 String\t#2 String");
  assert.equal(first("cola", "CoLA/dev.tsv").split("\t").length, 4);
  assert.equal(first("qqp", "QQP/dev.tsv"), "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate");
  assert.deepEqual(Object.keys(smokeFiles("mnli", 0)).map((path) => path.slice("MNLI/".length)), [
    ...["train.tsv", "dev_matched.tsv", "dev_mismatched.tsv", "test_matched.tsv", "test_mismatched.tsv"],
  ]);
});

Deno.test("smokeFiles repeat by seed, byte for byte, and differ between seeds and splits", () => {
  assert.deepEqual(smokeFiles("rte", 1), smokeFiles("rte", 1));
  assert.notDeepEqual(smokeFiles("rte", 1), smokeFiles("rte", 2));
  const files = smokeFiles("rte", 1);
  assert.ok(!files["RTE/train.tsv"].startsWith(files["RTE/dev.tsv"]));
});

Deno.test("writeSmokeGlue leaves equal files alone, mends others, and leaves no temporary file", async () => {
  await inFolder(async (folder) => {
    const options = { seed: 0, tasks: ["mrpc"] };
    await writeSmokeGlue(folder, options);
    const train = join(folder, "MRPC", "train.tsv"), dev = join(folder, "MRPC", "dev.tsv");
    const { ino } = await stat(train);
    await writeFile(dev, "half");
    await writeSmokeGlue(folder, options);
    assert.equal((await stat(train)).ino, ino);
    assert.equal(await readFile(dev, "utf8"), smokeFiles("mrpc", 0)["MRPC/dev.tsv"]);
    assert.deepEqual((await readdir(join(folder, "MRPC"))).sort(), ["dev.tsv", "test.tsv", "train.tsv"]);
    assert.deepEqual(await readdir(folder), ["MRPC"]);
  });
});

Deno.test("writeSmokeGlue refuses a task it has no rule for", async () => {
  for (const task of ["wnli", "toString"]) {
    await assert.rejects(writeSmokeGlue("unused", { seed: 0, tasks: [task] }), (error: Error) => {
      return error instanceof InputError && /expected one of cola, sst-2/.test(error.message);
    });
  }
});
