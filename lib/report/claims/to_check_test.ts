import assert from "node:assert/strict";
import { claimsToCheck } from "./to_check.ts";
import { exampleStudy, firstOf6 } from "../study/example_study.ts";

const runs = (method: string, settings: Record<string, number>, layers: number, rights: number[]) =>
  rights.map((right, seed) => ({
    method,
    settings,
    seed,
    right,
    path: firstOf6(layers),
    speedup: 6 / layers,
    parent: method === "bert" ? null : `bert-s${seed}`,
  }));

const table = claimsToCheck(exampleStudy([
  ...runs("bert", {}, 6, [20, 20, 20]),
  ...runs("dpbert", { targetRate: 0.45 }, 4, [18, 19, 20]),
]));

Deno.test("each claim has its command, seed 0's value, the range of one more seed, and leads to its record", () => {
  const [claim, command, minutes, expected, tolerance, record] = table.rows[1];
  assert.equal(claim, "SST-2: DPBERT (t0.45) scores");
  assert.equal(
    command,
    "`deno task train --profile micro --task sst-2 --method dpbert --seed 0 --set targetRate=0.45`",
  );
  assert.equal(minutes, "20.0"); // 600 seconds each, this one and its parent
  assert.deepEqual([expected, tolerance], ["90.0", "± 24.8"]); // 4.303 x 5 x sqrt(1 + 1/3)
  assert.equal(record, "runs/sst-2/dpbert-t0.45-s0.json");
  assert.deepEqual(table.leads!.rows[1], [{ path: record, shown: { column: "Record", text: record } }]);
});

Deno.test("what is claimed of all tasks is checked by training them all", () => {
  const kept = table.rows.find(([claim]) => claim.includes("keeps this share"))!;
  assert.equal(kept[1], "`deno task reproduce --profile micro --full`");
  assert.equal(kept[3], "95.0"); // 90, 95 and 100 of 100
});

Deno.test("what one more seed may keep is said by the seeds that all tasks have, not by their places", () => {
  const pair = (task: string, seed: number, right: number) => [
    { ...runs("bert", {}, 6, [20])[0], task, seed },
    { ...runs("dpbert", { targetRate: 0.45 }, 4, [right])[0], task, seed },
  ];
  const made = [
    ...[pair("sst-2", 1, 18), pair("sst-2", 2, 19)],
    ...[pair("qnli", 0, 10), pair("qnli", 1, 18), pair("qnli", 2, 19)],
  ];
  const lines = claimsToCheck(exampleStudy(made.flat())).rows;
  const tolerance = lines.find(([claim]) => claim.includes("keeps this share"))![4];
  assert.equal(tolerance, "± 55.0"); // 90 and 95: 12.706 x 3.536 x sqrt(1 + 1/2)
});

Deno.test("against each competitor there is a claim of wins, ties and losses, and none against one without runs", () => {
  const firstK = (rights: number[]) => runs("bert-first-k", { firstLayers: 4 }, 4, rights);
  const made = [...runs("dpbert", { targetRate: 0.45 }, 4, [20, 20, 20]), ...firstK([8, 9, 10])];
  const onRte = made.map((run) => ({ ...run, task: "rte", right: 20 })); // equal there
  const lines = claimsToCheck(exampleStudy([...made, ...onRte])).rows.filter(([claim]) =>
    /against/.test(claim)
  );
  assert.deepEqual(lines, [[
    "DPBERT (t0.45) against BERT, first k layers at equal layers: wins / ties / losses",
    "`deno task reproduce --profile micro --full`",
    "over 120", // twelve runs of 600 seconds
    "1 / 1 / 0",
    "± 1 task",
    "wins",
  ]]);
  const alone = claimsToCheck(exampleStudy(firstK([20]))).rows.find(([claim]) => /against/.test(claim))!;
  assert.equal(alone[3], "–"); // nothing to compare with
});

Deno.test("the gain over soft gates names the tasks that are compared at equal layers for want of a speed-up", () => {
  const pair = (task: string, speedup?: number) =>
    ["dpbert", "dpbert-soft"].map((method) => ({
      ...runs(method, { targetRate: 0.45 }, 4, [20])[0],
      ...{ task, speedup },
    }));
  const claim = (...made: ReturnType<typeof pair>[]) =>
    claimsToCheck(exampleStudy(made.flat())).rows.map(([claim]) => claim).find((claim) =>
      /soft gates/.test(claim)
    );
  const gains = "DPBERT gains over soft gates";
  assert.equal(claim(pair("rte", 1.5), pair("mrpc", 2)), `${gains} at equal speed-up (RTE, MRPC)`);
  assert.equal(
    claim(pair("rte"), pair("mrpc", 2)),
    `${gains} at equal speed-up (MRPC), at equal layers (RTE)`,
  );
  assert.equal(claim(pair("rte")), `${gains} at equal layers (RTE)`);
  assert.equal(claim(), `${gains} at equal speed-up (no task yet)`);
});

Deno.test("the minutes of everything are those of all runs, and more while some that the profile wants are missing", () => {
  const study = exampleStudy([
    ...runs("bert", {}, 6, [20, 20, 20]),
    ...runs("dpbert", { targetRate: 0.45 }, 4, [18, 19, 20]),
  ]);
  const minutes = (changes: Partial<typeof study>) =>
    claimsToCheck({ ...study, ...changes }).rows.find(([, command]) => command.includes("--full"))![2];
  const small = {
    tasks: ["sst-2"],
    wanted: [{ method: "bert" }, { method: "dpbert", settings: study.standing }],
    seeds: [0, 1, 2],
  };
  assert.equal(minutes(small), "60"); // six runs of 600 seconds
  assert.equal(minutes({ ...small, seeds: [0, 1, 2, 3] }), "over 60");
  assert.equal(minutes({ ...small, tasks: ["sst-2", "rte"] }), "over 60");
  assert.equal(minutes({}), "over 60");
});

Deno.test("tasks without runs make no claims", () => {
  assert(!table.rows.some(([claim]) => claim.startsWith("CoLA")));
  assert.equal(claimsToCheck(exampleStudy([])).rows.length, 4);
});
