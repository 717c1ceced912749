import assert from "node:assert/strict";
import { exampleStudy, firstOf6 } from "./example_study.ts";
import { methodEntries } from "../../runs/methods/mod.ts";
import { comingMethods, competitors, fillCommand, fillNote, isComplete } from "./missing.ts";

const run = { method: "deebert", settings: { targetRate: 0.45 }, right: 20, path: firstOf6(3), speedup: 2 };
const wanted = [{ method: run.method, settings: run.settings }];

Deno.test("isComplete asks for every task and seed, timed, and for nothing that cannot be done", () => {
  const complete = (made: Parameters<typeof exampleStudy>[0]) =>
    isComplete({ ...exampleStudy(made), tasks: ["sst-2", "sts-b"], wanted, seeds: [0, 1] });
  assert.ok(complete([run, { ...run, seed: 1 }])); // a regression has no entropy to leave by
  assert.ok(!complete([run]));
  assert.ok(!complete([run, { ...run, seed: 1, speedup: undefined }]));
  assert.ok(!complete([run, { ...run, seed: 1, settings: { targetRate: 0.3 } }]));
});

Deno.test("fillCommand gives the command; fillNote one for several methods, without those not built yet", () => {
  const command = "`deno task reproduce --profile micro --full --methods";
  assert.equal(fillCommand({ profile: "micro" }, "pabee"), `${command} pabee\``);
  const micro = { profile: "micro" };
  assert.equal(
    fillNote(micro, ["pabee", "leebert", "deebert", "pabee"]),
    ` Missing runs: ${command} pabee,deebert\` makes them.`,
  );
  assert.equal(fillNote(micro, ["leebert"]), "");
  assert.equal(
    fillCommand({ profile: "glue" }, "bert"),
    "`deno task reproduce --profile glue --methods bert`",
  );
});

Deno.test("the competitors can be run, and the methods to come cannot: one that is built leaves their list", () => {
  const built = methodEntries.map(({ name }) => name);
  assert.deepEqual(competitors.filter((method) => !built.includes(method)), []);
  assert.deepEqual(comingMethods.filter((method) => built.includes(method)), []);
});
