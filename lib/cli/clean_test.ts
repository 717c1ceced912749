import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { openLocked } from "../files/locked_file.ts";
import { exampleRecord } from "../runs/records/example_records.ts";
import { runPaths } from "../runs/records/store.ts";
import { clean, cleaningOf } from "./clean.ts";
import { kinds } from "./removable.ts";

const every = Object.keys(kinds) as (keyof typeof kinds)[];

async function put(path: string, content = "x"): Promise<string> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, content);
  return path;
}

const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);

/** A project with something of every kind; the runs have seeds 0 (finished) and 1 (not). */
async function withProject(
  work: (project: Awaited<ReturnType<typeof fill>>, lines: string[]) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await work(await fill(root), []);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const ownRecord = exampleRecord({ profile: "smoke", task: "sst-2", method: "bert", parent: null });

async function fill(root: string) {
  const results = join(root, "results"), local = join(results, "local");
  const [finished, unfinished] = [0, 1].map((seed) => runPaths(results, exampleRecord({ seed })));
  await put(finished.record, JSON.stringify(exampleRecord()));
  return {
    places: { root, results: local },
    source: await put(join(root, "lib", "a.ts")),
    record: finished.record,
    weights: await put(join(finished.checkpoint, "model.safetensors"), "x".repeat(2_500_000)),
    lock: `${finished.checkpoint}.lock`,
    resumeState: await put(join(unfinished.checkpoint, "stage1.safetensors")),
    local: await put(join(local, "smoke", "runs", "sst-2", "bert-s0.json"), JSON.stringify(ownRecord)),
    rows: await put(join(root, "data", ".cache", "smoke", "SST-2", "dev.tsv")),
    download: await put(join(root, "data", ".cache", "weights", "minilm", "model.safetensors")),
    venv: await put(join(root, ".venv-jupyter", "bin", "jupyter")),
    kernelspec: await put(join(root, ".jupyter", "kernels", "deno", "kernel.json")),
  };
}

Deno.test("cleaningOf shows everything by default and deletes only what is named", () => {
  assert.deepEqual(cleaningOf([]), { kinds: every, yes: false });
  assert.deepEqual(cleaningOf(["--what", "jupyter, caches"]), { kinds: ["caches", "jupyter"], yes: false });
  assert.deepEqual(cleaningOf(["--all", "--yes"]), { kinds: every, yes: true });
  assert.throws(() => cleaningOf(["--yes"]), { name: "InputError", message: /--yes needs what to delete/ });
  assert.throws(() => cleaningOf(["--what", "cache"]), {
    name: "InputError",
    message: /"cache".*caches, down/,
  });
});

Deno.test("clean without --yes lists everything with its size and cost, and deletes nothing", () =>
  withProject(async (project, lines) => {
    const { places, ...files } = project;
    delete (files as { lock?: string }).lock; // there is none, and there is none afterwards
    assert.equal(await clean({ kinds: every, yes: false }, places, (line) => lines.push(line)), 0);
    for (const file of Object.values(files)) assert.ok(await isThere(file), file);
    assert.ok(!await isThere(project.lock));
    const text = lines.join("\n");
    assert.match(
      text,
      /2\.5 MB {2}results\/glue\/checkpoints\/mrpc\/dpbert-s0: comes back by training the run again/,
    );
    for (
      const place of [
        "results/local",
        "data/.cache/smoke",
        "data/.cache/weights",
        ".venv-jupyter",
        ".jupyter",
      ]
    ) {
      assert.ok(text.includes(`1 kB  ${place}: comes back `), place);
    }
    assert.match(text, /^checkpoints, 2\.5 MB: trained weights/m);
    assert.match(text, /^jupyter, 1 kB: /m); // two files of a byte
    assert.equal(
      lines.at(-1),
      "nothing was deleted; to delete: deno task clean --yes --what caches,downloads,checkpoints,jupyter; " +
        "own results go only where `--what` names local",
    );
  }));

Deno.test("clean suggests only what it found", () =>
  withProject(async ({ places }, lines) => {
    for (const folder of [".venv-jupyter", ".jupyter"]) {
      await Deno.remove(join(places.root, folder), { recursive: true });
    }
    await clean({ kinds: ["downloads", "jupyter"], yes: false }, places, (line) => lines.push(line));
    assert.equal(lines.at(-1), "nothing was deleted; to delete: deno task clean --yes --what downloads");
    await clean({ kinds: ["local"], yes: false }, places, (line) => lines.push(line));
    assert.equal(lines.at(-1), "nothing was deleted; own results go only where `--what` names local");
  }));

Deno.test("clean counts the weights of own runs once, and with the results where only those are asked for", () =>
  withProject(async ({ places }, lines) => {
    const weights = runPaths(places.results, ownRecord).checkpoint;
    await put(join(weights, "model.safetensors"), "x".repeat(4_000_000));
    const say = (line: string) => lines.push(line);
    await clean(
      { kinds: ["checkpoints", "local"], yes: false },
      { ...places, results: `${places.results}/` },
      say,
    );
    assert.ok(lines.some((line) => line.startsWith("checkpoints, 6.5 MB")), lines.join("\n"));
    assert.ok(lines.some((line) => /^local, \d kB: /.test(line)), lines.join("\n"));
    await clean({ kinds: ["local"], yes: false }, places, say);
    assert.ok(lines.some((line) => line.startsWith("local, 4.0 MB: ")), lines.join("\n"));
  }));

Deno.test("clean --yes deletes the kinds it is given and nothing else", () =>
  withProject(async ({ places, ...files }, lines) => {
    const say = (line: string) => lines.push(line);
    await clean({ kinds: ["caches"], yes: true }, places, say);
    assert.ok(!await isThere(files.rows) && await isThere(files.download));
    await clean({ kinds: ["checkpoints"], yes: true }, places, say);
    assert.ok(
      !await isThere(files.weights) && await isThere(files.resumeState) && await isThere(files.record),
    );
    assert.ok(!await isThere(files.lock));
    assert.ok(lines.some((line) => line.includes("dpbert-s0: deleted, comes back by training")));
    await clean({ kinds: every, yes: true }, places, say);
    for (const file of [files.download, files.local, files.venv, files.kernelspec]) {
      assert.ok(!await isThere(file), file);
    }
    assert.ok(await isThere(files.source) && await isThere(files.record) && await isThere(files.resumeState));
    lines.length = 0;
    await clean({ kinds: every, yes: true }, places, say);
    assert.deepEqual(lines, ["nothing to delete"]);
  }));

Deno.test("clean leaves alone what a running process has locked, and takes it when the process has ended", () =>
  withProject(async ({ places, weights, lock, local }, lines) => {
    const held = [await openLocked(lock), await openLocked(await put(`${local}.lock`))];
    const say = (line: string) => lines.push(line);
    assert.equal(await clean({ kinds: ["checkpoints", "local"], yes: true }, places, say), 0);
    assert.ok(await isThere(weights) && await isThere(local));
    assert.equal(lines.filter((line) => line.endsWith("stays, a process is working with it")).length, 2);
    for (const file of held) file!.close(); // as when it is killed: the files stay
    await clean({ kinds: ["checkpoints", "local"], yes: true }, places, say);
    assert.ok(!await isThere(weights) && !await isThere(local));
  }));

Deno.test("clean leaves alone a run's weights while another run of its task, which may start from them, is trained", () =>
  withProject(async ({ places, weights, resumeState }, lines) => {
    const held = await openLocked(`${dirname(resumeState)}.lock`);
    await clean({ kinds: ["checkpoints"], yes: true }, places, (line) => lines.push(line));
    held!.close();
    assert.ok(await isThere(weights));
    assert.match(lines[1], /stays, a process is working with it/);
  }));

Deno.test("clean finishes what was killed in the middle, and keeps a run whose record is being replaced", () =>
  withProject(async ({ places, weights }, lines) => {
    const say = (line: string) => lines.push(line), folder = dirname(weights);
    const outdated = await put(join(folder, "record-is-outdated"));
    await clean({ kinds: ["checkpoints"], yes: true }, places, say);
    assert.ok(await isThere(weights));
    await Deno.remove(outdated);
    await Deno.rename(folder, `${folder}.deleted`);
    await clean({ kinds: ["checkpoints"], yes: true }, places, say);
    assert.ok(!await isThere(`${folder}.deleted`));
  }));

Deno.test("clean keeps all checkpoints of a profile with a broken record, and says which record that is", () =>
  withProject(async ({ places, record, weights }, lines) => {
    await Deno.writeTextFile(record, "{");
    await clean({ kinds: ["checkpoints"], yes: true }, places, (line) => lines.push(line));
    assert.ok(await isThere(weights));
    assert.match(
      lines[1],
      /results\/glue\/checkpoints: stays, which runs.*dpbert-s0\.json is not complete JSON/,
    );
  }));

const git = await new Deno.Command("git", { args: ["--version"] }).output().then(
  (o) => o.success,
  () => false,
);
Deno.test({
  name: "clean leaves alone what git tracks, also where it usually tracks nothing",
  ignore: !git,
  fn: () =>
    withProject(async ({ places, local, rows }) => {
      const run = (...args: string[]) => new Deno.Command("git", { args, cwd: places.root }).output();
      await run("init", "--quiet");
      await run("add", "--force", local);
      await clean({ kinds: ["local", "caches"], yes: true }, places, () => {});
      assert.ok(await isThere(local) && !await isThere(rows));
    }),
});
