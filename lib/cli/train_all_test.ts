import assert from "node:assert/strict";
import { inFolder } from "../files/in_folder.ts";
import { type Config, readConfig } from "../config.ts";
import { withLock } from "../runs/unfinished/lock.ts";
import { keyOf, type RunRequest } from "../runs/grid/grid.ts";
import { checkpointFolder, lockFile } from "../runs/unfinished/run.ts";
import { hasRecord } from "../runs/records/store.ts";
import { startBackend } from "../tensor/mod.ts";
import { trainAll } from "./train_all.ts";

const blas = Deno.env.get("DPB_BLAS") ?? "auto";
const backend = await startBackend("wasm", { blas });

const stage1 = { epochs: 0.2 };
const request = (task: string, method: string, settings: RunRequest["settings"]): RunRequest => ({
  profile: "smoke",
  task,
  method,
  settings: method === "bert" ? settings : { ...settings, "stage2.steps": 2, "stage3.steps": 2 },
  seed: 0,
});

/** Runs of two tasks, a few steps each. */
const short = [
  request("sst-2", "bert", stage1),
  request("sst-2", "dpbert", stage1),
  request("sts-b", "bert", stage1),
];
/** The smoke model has 64 positions. */
const tooLong = { ...stage1, maxLength: 65 };
const broken = [request("mrpc", "bert", tooLong), request("mrpc", "dpbert", tooLong)];

/** Trains `requests` into `results`, quietly. */
async function trained(
  requests: RunRequest[],
  results: string,
  jobs: number,
  stop = new AbortController().signal,
  fresh = false,
) {
  const notes: string[] = [], shown: string[] = [], waiting: RunRequest[] = [];
  const printer = {
    step: () => assert.fail("several runs are a table"),
    live: (...lines: string[]) => void shown.push(...lines),
    table: (lines: () => string[]) => void shown.push(...lines()),
    progress: () => {},
    note: (text: string) => void notes.push(text),
  };
  const config: Config = { ...readConfig({}), blas, results };
  const failures = await trainAll(requests, {
    config,
    backend,
    jobs,
    fresh,
    stop,
    printer,
    onWaiting: (requests) => (waiting.push(...requests), Promise.resolve(null)),
    now: () => performance.now(),
  });
  return { failures, notes, shown, waiting };
}

/** Every file under `folder` but the timings, its path from there on, and its bytes as text. */
function filesUnder(folder: string, prefix = ""): [string, string][] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }): [string, string][] =>
    name === "timings"
      ? []
      : isDirectory
      ? filesUnder(`${folder}/${name}`, `${prefix}${name}/`)
      : [[prefix + name, new TextDecoder("latin1").decode(Deno.readFileSync(`${folder}/${name}`))]]
  ).sort(([a], [b]) => a < b ? -1 : 1);
}

Deno.test("records, predictions, paths, curves and weights are the same bytes with one job and with two", async () => {
  await inFolder(async (folder) => {
    const alone = await trained(short, `${folder}/alone`, 1);
    const { failures, notes, shown } = await trained([...broken, ...short], `${folder}/two`, 2);
    assert.deepEqual([alone.failures, alone.notes.length, alone.waiting], [[], 3, short]);
    assert.match(alone.notes.at(-1)!, /^\[3\/3\] sts-b bert seed 0: score \S+ at 4\.00 of 4 layers$/);

    // Beside them one failed, so that another could not be run; no other was stopped by that.
    const [failed, orphan] = failures;
    assert.equal(failures.length, 2);
    assert.match(
      failed,
      /^mrpc bert seed 0: Setting maxLength is 65, but the model has 64 positions\. Set it/,
    );
    assert.match(orphan, /^mrpc dpbert seed 0: not run, because mrpc bert seed 0, .* failed$/);
    assert.ok(
      notes.some((note) => /^\[\d\/5\] mrpc bert seed 0 failed: Setting maxLength/.test(note)),
      `${notes}`,
    );
    assert.ok(shown.includes("0 of 5 runs done, 2 running, ? left"), `${shown}`);
    assert.ok(shown.some((line) => /^sst-2 dpbert-\S+ +stage 3 +step 2\/2 /.test(line)), `${shown}`);

    const files = filesUnder(`${folder}/two/smoke`).filter(([name]) => !name.includes("/mrpc/"));
    assert.deepEqual(files, filesUnder(`${folder}/alone/smoke`));
    assert.equal(files.filter(([name]) => name.startsWith("runs/")).length, 3);

    const again = await trained(short, `${folder}/two`, 2);
    assert.deepEqual([again.notes.length, again.shown, again.waiting], [3, [], []]); // nothing was started
  });
});

Deno.test("with fresh, ended before all is trained, the same command without it trains the rest of it anew", async () => {
  await inFolder(async (results) => {
    const runs = [short[0], short[2]], never = new AbortController().signal;
    await trained(runs, results, 1);
    const files = filesUnder(results), stop = AbortSignal.abort();
    await assert.rejects(trained(runs, results, 1, stop, true), {
      name: "Stopped",
      message: /^Stopped with 0 of 2 runs done; the same command \(without --fresh\) continues/,
    });
    const first = await trained([runs[0]], results, 1); // begun anew, and finished
    assert.ok(first.shown.length > 0);
    const rest = await trained(runs, results, 1, never, false);
    assert.ok(rest.shown.every((line) => !/^sst-2 .* step [1-9]/.test(line)), `${rest.shown}`);
    assert.ok(rest.shown.some((line) => line.startsWith("sts-b bert")), `${rest.shown}`);
    assert.deepEqual(filesUnder(results), files); // the same bytes, and nothing left beside them
  });
});

/** Starts a process that trains two runs too long to end by themselves; resolves once both make steps. */
async function startLong(results: string, long: RunRequest[]) {
  const address = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const code = `import { trainAll } from ${address("train_all.ts")};
import { stopSignal } from ${address("stop.ts")};
import { readConfig } from ${address("../config.ts")};
const stepping = new Set(), printer = {
  table: (lines) => lines().slice(0, -1).filter((line) => /step [1-9]/.test(line)).length === 2 && console.log("both"),
  live() {}, note() {},
};
const options = { backend: { name: "wasm", blas: null }, jobs: 2, fresh: false, now: () => performance.now() };
const config = readConfig({ DPB_RESULTS: ${JSON.stringify(results)} });
await trainAll(${JSON.stringify(long)}, { ...options, config, printer, stop: stopSignal(() => {}).signal })
  .catch(({ name }) => Deno.exit(name === "Stopped" ? 130 : 1));`;
  const parent = new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = parent.stdout.getReader();
  assert.ok(!(await reader.read()).done, "it ended before both runs made a step");
  void (async () => {
    while (!(await reader.read()).done);
  })();
  return parent;
}

/** Waits until nobody works on the runs, and says what is saved of each: `true` for a stage in the middle. */
async function savedStages(results: string, runs: RunRequest[]) {
  return await Promise.all(runs.map((run) =>
    withLock(lockFile(results, run), async () => {
      assert.ok(!await hasRecord(results, keyOf(run)), "it trained to its end");
      return [...Deno.readDirSync(checkpointFolder(results, run))].some(({ name }) =>
        /^stage1-.*\.safetensors$/.test(name)
      );
    })
  ));
}

const long = ["sst-2", "sts-b"].map((task) => request(task, "bert", { epochs: 2000 }));

Deno.test({
  name: "Ctrl-C lets every running child save, waits for them and ends with code 130",
  ignore: Deno.build.os === "windows", // no SIGINT can be sent to a child there
  fn: () =>
    inFolder(async (results) => {
      const parent = await startLong(results, long);
      parent.kill("SIGINT");
      assert.equal((await parent.status).code, 130);
      const files = filesUnder(results).map(([name]) => name);
      assert.ok(!files.some((name) => name.endsWith(".lock")), `${files}`); // it has waited
      assert.deepEqual(await savedStages(results, long), [true, true]);
    }),
});

Deno.test("children whose parent is killed save and end by themselves", () =>
  inFolder(async (results) => {
    const parent = await startLong(results, long);
    parent.kill("SIGKILL");
    await parent.status;
    assert.deepEqual(await savedStages(results, long), [true, true]);
  }));
