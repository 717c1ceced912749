import assert from "node:assert/strict";
import { unzipSync } from "fflate";
import { main } from "./main.ts";
import { trainableTasks } from "../config.ts";
import { contextIn } from "../runs/short_runs.ts";
import { trainRun } from "../runs/unit.ts";
import { run } from "./submission.ts";

// As the runs are trained, whatever this machine would choose.
Deno.env.set("DPB_BACKEND", "wasm");

const settings = { epochs: 0.1 }, system = ["--profile", "smoke", "--method", "bert", "--set", "epochs=0.1"];

/** Does `body` in an empty folder of results of one's own. */
async function inResults(body: (results: string) => Promise<void>): Promise<void> {
  const results = await Deno.makeTempDir();
  Deno.env.set("DPB_RESULTS", results);
  try {
    await body(results);
  } finally {
    Deno.env.delete("DPB_RESULTS");
    await Deno.remove(results, { recursive: true });
  }
}

/** One step of stage 1 on each of `tasks`. */
async function train(results: string, tasks: readonly string[]): Promise<void> {
  const context = await contextIn(results);
  for (const task of tasks) {
    await trainRun({ profile: "smoke", task, method: "bert", settings, seed: 0 }, context);
  }
}

/** What `run` prints on stdout; there are no committed results. */
async function printed(args: string[]): Promise<string> {
  const { log } = console, out: string[] = [];
  console.log = (line: string) => out.push(line);
  try {
    assert.equal(await run(args, "/nowhere"), 0);
    return out.join("\n");
  } finally {
    console.log = log;
  }
}

Deno.test("submission packs the test predictions of all eight tasks, names their records and says what is filled", async () => {
  await inResults(async (results) => {
    await train(results, trainableTasks);
    const said = await printed(system), file = `${results}/smoke/submission/bert-epochs=0.1-s0.zip`;
    const entries = unzipSync(await Deno.readFile(file));
    const lines = (name: string) => new TextDecoder().decode(entries[name]).trimEnd().split("\n");
    assert.equal(Object.keys(entries).length, 11);
    for (const name of ["CoLA", "STS-B", "MNLI-m", "MNLI-mm"]) assert.equal(lines(`${name}.tsv`).length, 17);
    assert.match(lines("QNLI.tsv")[16], /^15\t(not_)?entailment$/);
    assert.match(said, /\n {2}MNLI-mm\.tsv +16 rows {2}\S*smoke\/runs\/mnli\/bert-epochs=0\.1-s0\.json\n/);
    assert.match(said, /\n {2}AX\.tsv +1104 rows {2}a filler, no prediction: every row is "entailment"\n/);
    assert.match(said, /nothing can score it/);
    const again = `${results}/again.zip`;
    await printed([...system, "--out", again]);
    assert.deepEqual(await Deno.readFile(again), await Deno.readFile(file));
  });
});

Deno.test("submission names every task without a run and the command that makes it, and writes nothing", async () => {
  await inResults(async (results) => {
    await train(results, ["cola"]);
    const error = await run(system, "/nowhere").then(() => assert.fail(), (error: Error) => error);
    assert.match(
      error.message,
      /^A submission takes all 8 tasks; bert-epochs=0\.1-s0 lacks 7:\n {2}MNLI: no run\./,
    );
    assert.ok(
      error.message.includes(
        "RTE: no run. `deno task train --profile smoke --task rte --method bert --seed 0 --set epochs=0.1` makes it.",
      ),
      error.message,
    );
    assert.ok(!error.message.includes("CoLA"));
    assert.deepEqual(
      [...Deno.readDirSync(`${results}/smoke`)].filter(({ name }) => name === "submission"),
      [],
    );
  });
});

Deno.test("submission looks for the runs as the profile has them where no setting is given", async () => {
  await inResults(async () => {
    await assert.rejects(run(["--profile", "glue"], "/nowhere"), {
      name: "InputError",
      message:
        /dpbert-t0\.6-s0 lacks 8:.*--task mrpc --method dpbert --seed 0 --set targetRate=0\.6` makes it/s,
    });
  });
});

Deno.test("submission says where a method cannot do a task", async () => {
  await inResults(async () => {
    await assert.rejects(run(["--profile", "smoke", "--method", "deebert"], "/nowhere"), {
      message: /STS-B: deebert leaves by the entropy of a prediction, which a regression does not have/,
    });
  });
});

Deno.test("submission refuses unknown methods, settings and seeds, and a folder for its file", async () => {
  const mistakes: [string[], RegExp][] = [
    [["--method", "brt"], /Unknown method "brt"; expected one of bert/],
    [["--method", "bert", "--set", "beta=5"], /--set beta: there is no such setting/],
    [["--seed", "-1"], /--seed -1: expected a whole number/],
    [["--out", "/tmp"], /--out \/tmp is a folder; name a file/],
    [["--profile", "big"], /--profile "big" is not understood/],
  ];
  for (const [args, message] of mistakes) {
    const glued = args[1].startsWith("-") ? [args.join("=")] : args;
    await assert.rejects(main(["submission", ...glued]), { name: "InputError", message });
  }
});
