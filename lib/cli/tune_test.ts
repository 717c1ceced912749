import assert from "node:assert/strict";
import { join } from "node:path";
import { artefacts, readStudy } from "../report/mod.ts";
import { readTunings } from "../runs/tuning/tuning.ts";
import { main } from "./main.ts";
import { run } from "./tune.ts";

/** What `run` prints on stdout. */
async function printed(args: string[]): Promise<string> {
  const { log, error } = console, out: string[] = [];
  console.log = (line: string) => out.push(line);
  console.error = () => {};
  try {
    assert.equal(await run(args), 0);
    return out.join("\n");
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("tune tries each method, leaves out one that cannot do a task, and writes the table that report would", async () => {
  const results = await Deno.makeTempDir();
  try {
    const args = ["--profile", "smoke", "--into", results, "--trials", "2"];
    const said = await printed([...args, "--tasks", "sts-b,sst-2", "--methods", "deebert,bert"]);
    const found = (await readTunings(results, "smoke")).map(({ task, method }) => `${task} ${method}`);
    assert.deepEqual(found, ["sst-2 bert", "sst-2 deebert", "sts-b bert"]);
    assert.match(said, /\nSST-2 +BERT +2 .*\nSST-2 +DeeBERT +2 .*\nSTS-B +BERT +2 /);
    const study = await readStudy(results, "smoke");
    const table = artefacts(study).tables.find(({ name }) => name === "tuning");
    const written = JSON.parse(await Deno.readTextFile(join(results, "smoke/tables/tuning.json")));
    assert.deepEqual(written, JSON.parse(JSON.stringify(table)));
    assert.match(
      await Deno.readTextFile(join(results, "smoke/tables/tuning.md")),
      /\[2\]\(\.\.\/tuning\/sts-b\/bert\.json\)/,
    );
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});

Deno.test("tune refuses unknown names and numbers before it trains", async () => {
  const mistakes: [string[], RegExp][] = [
    [["--tasks", "snli"], /--tasks "snli" is not understood; expected a list/],
    [["--methods", "bert,brt"], /Unknown method "brt"; expected one of bert/],
    [["--trials", "0"], /--trials 0: expected a whole number from 1 to 1000/],
    [["--trials", "few"], /--trials few: expected/],
    [["--seed", "x"], /--seed x: expected a whole number/],
  ];
  for (const [args, message] of mistakes) {
    await assert.rejects(main(["tune", "--profile", "smoke", ...args]), { name: "InputError", message });
  }
});
