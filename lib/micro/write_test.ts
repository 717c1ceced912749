import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { readSplit, type SplitName, taskById } from "../glue/mod.ts";
import { microSeed, microSplits, microTasks } from "./examples.ts";
import { microVocabulary } from "./vocabulary.ts";
import { microDev, writeMicroGlue } from "./write.ts";

const few = { seed: 2, rows: { train: 24, other: 12 } };

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "micro-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const table = async (path: string) =>
  (await readFile(path, "utf8")).trimEnd().split("\n").map((line) => line.split("\t"));

Deno.test("the reader reads back every example of every split; test has no labels", async () => {
  await inFolder(async (folder) => {
    await writeMicroGlue(folder, few);
    for (const task of microTasks.map(taskById)) {
      const written = microSplits(task.id, few);
      for (const split of Object.keys(task.splits) as SplitName[]) {
        const { examples, warnings } = await readSplit(task, folder, split, { expectOfficialCounts: false });
        assert.deepEqual(warnings, []);
        const isTest = split.startsWith("test");
        assert.deepEqual(
          examples.map(({ a, b, labelText }) => ({ a, b, labelText })),
          written[split]!.map(({ a, b, label }) => ({ a, b, labelText: isTest ? null : label })),
        );
      }
    }
    assert.equal(await readFile(join(folder, "vocab.txt"), "utf8"), microVocabulary().join("\n") + "\n");
  });
});

Deno.test("difficulty.tsv has a line for every row of every file, answers/ one for every test row", async () => {
  await inFolder(async (folder) => {
    await writeMicroGlue(folder, { ...few, tasks: ["mnli"] });
    const written = microSplits("mnli", few);
    const [header, ...lines] = await table(join(folder, "MNLI", "difficulty.tsv"));
    assert.deepEqual(header, ["split", "index", "level", "hard"]);
    assert.equal(lines.length, 24 + 4 * 12);
    const third = lines.find(([split, index]) => split === "dev_mismatched" && index === "3")!;
    assert.equal(third[2], String(written["dev-mm"]![3].level));
    const [answerHeader, ...answers] = await table(join(folder, "answers", "mnli.tsv"));
    assert.deepEqual(answerHeader, ["split", "index", "label"]);
    assert.deepEqual([...new Set(answers.map(([split]) => split))], ["test_matched", "test_mismatched"]);
    assert.deepEqual(
      answers.slice(0, 12).map(([, , label]) => label),
      written.test!.map(({ label }) => label),
    );
  });
});

Deno.test("writing again changes nothing; a damaged file is mended; the summary counts", async () => {
  await inFolder(async (folder) => {
    const options = { ...few, tasks: ["rte"] };
    const [summary] = await writeMicroGlue(folder, options);
    assert.deepEqual(summary.rows, { train: 24, dev: 12, test: 12 });
    assert.deepEqual(summary.levels, { from: 1, to: 4 });
    assert.deepEqual(summary.tokens, { mean: 47, longest: 47 });
    const train = join(folder, "RTE", "train.tsv"), dev = join(folder, "RTE", "dev.tsv");
    const { ino } = await stat(train), whole = await readFile(dev, "utf8");
    await writeFile(dev, "half");
    await writeMicroGlue(folder, options);
    assert.equal((await stat(train)).ino, ino);
    assert.equal(await readFile(dev, "utf8"), whole);
    assert.deepEqual((await readdir(folder)).sort(), ["RTE", "answers", "vocab.txt"]);
  });
});

Deno.test("nothing is written when a task is unknown", async () => {
  await inFolder(async (folder) => {
    await assert.rejects(writeMicroGlue(folder, { ...few, tasks: ["rte", "ax"] }), InputError);
    assert.deepEqual(await readdir(folder), []);
  });
});

Deno.test("microDev is the dev split of the profile, with the sum of the file that is written", async () => {
  await inFolder(async (folder) => {
    await writeMicroGlue(folder, { seed: microSeed, tasks: ["rte"], rows: { train: 5 } });
    const { sha256 } = await readSplit(taskById("rte"), folder, "dev", { expectOfficialCounts: false });
    const dev = microDev("rte");
    assert.equal(dev.sha256, sha256);
    assert.deepEqual(dev.examples, microSplits("rte", { seed: microSeed }).dev);
  });
});
