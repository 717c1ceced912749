import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
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

/** The text of every file below `folder`, by its path there. */
async function everything(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) =>
    join(parentPath, name)
  );
  const texts = paths.sort().map(async (path) => [relative(folder, path), await readFile(path, "utf8")]);
  return Object.fromEntries(await Promise.all(texts));
}

Deno.test("writeMicroGlue refuses a GLUE copy, an answers file and a vocabulary of somebody's, and touches nothing", async () => {
  const foreign: [files: Record<string, string>, message: RegExp][] = [
    [
      { "RTE/train.tsv": "mine", "RTE/dev.tsv": "mine" },
      /RTE holds dev\.tsv, train\.tsv, but no difficulty\.tsv .*expected a folder without .*choose another/,
    ],
    [
      { "RTE/difficulty.tsv": "row\tmine\n", "RTE/train.tsv": "mine" },
      /RTE holds difficulty\.tsv, train\.tsv, but no difficulty\.tsv as generated/,
    ],
    [{ "answers/rte.tsv": "id\tmine\n" }, /rte\.tsv begins with "id\tmine"; expected .*choose another/],
    [{ "vocab.txt": "[PAD]\nmine\n" }, /vocab\.txt has 2 tokens, .*expected .*choose another/],
    [{ "RTE": "a file" }, /Cannot read .*RTE .*choose another/],
  ];
  for (const [files, message] of foreign) {
    await inFolder(async (folder) => {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(join(folder, name, ".."), { recursive: true });
        await writeFile(join(folder, name), text);
      }
      const before = await everything(folder);
      // CoLA, whose folder is free, comes first: it must not be written either.
      await assert.rejects(
        writeMicroGlue(folder, { ...few, tasks: ["cola", "rte"] }),
        (error: Error) => error instanceof InputError && message.test(error.message),
      );
      assert.deepEqual(await everything(folder), before);
    });
  }
});

Deno.test("a foreign folder of a task that is not asked for, and files that are no tables, are no obstacle", async () => {
  await inFolder(async (folder) => {
    for (const name of ["MRPC", "RTE"]) await mkdir(join(folder, name));
    await writeFile(join(folder, "MRPC", "train.tsv"), "mine");
    await writeFile(join(folder, "RTE", "notes.txt"), "mine");
    await writeMicroGlue(folder, { ...few, tasks: ["rte"] });
    assert.equal(await readFile(join(folder, "MRPC", "train.tsv"), "utf8"), "mine");
    assert.equal(await readFile(join(folder, "RTE", "notes.txt"), "utf8"), "mine");
  });
});

Deno.test("whichever file the writing breaks off at, writing again completes the folder, with another seed too", async () => {
  const options = { ...few, tasks: ["cola", "rte"] }, another = { ...options, seed: 3 };
  await inFolder(async (root) => {
    const whole = join(root, "whole");
    await writeMicroGlue(whole, another);
    const expected = await everything(whole);
    for (const [at, name] of Object.keys(expected).entries()) {
      const folder = join(root, String(at)), obstacle = join(folder, name, "in the way");
      await mkdir(obstacle, { recursive: true });
      await assert.rejects(writeMicroGlue(folder, options), InputError, name);
      await rm(join(folder, name), { recursive: true });
      await writeMicroGlue(folder, another);
      assert.deepEqual(await everything(folder), expected, name);
    }
  });
});

Deno.test("a vocabulary of an earlier build is replaced where the rows are micro-GLUE's own", async () => {
  await inFolder(async (folder) => {
    const options = { ...few, tasks: ["rte"] }, vocabulary = join(folder, "vocab.txt");
    await writeMicroGlue(folder, options);
    await writeFile(vocabulary, "[PAD]\n");
    await writeMicroGlue(folder, options);
    assert.equal(await readFile(vocabulary, "utf8"), microVocabulary().join("\n") + "\n");
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
