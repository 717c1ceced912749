import assert from "node:assert/strict";
import type { KillReport } from "../kills.ts";
import { type MetFault, placeless } from "./measure.ts";
import { allRefused, faultsTable, killComplaints, type MeasuredFaults } from "./table.ts";

const kills: KillReport = {
  backend: "wasm",
  kills: 100,
  byPhase: {} as KillReport["byPhase"],
  atRandomTimes: 33,
  damagedCheckpoints: 3,
  runs: 20,
  runsDiffering: 0,
  differences: [],
  recordsLost: 0,
  brokenFiles: [],
  failures: [],
  checkpointEvery: 50,
  mostWorkLostMs: 120,
  longestPieceMs: 80,
  longestSaveMs: 20,
};
const met: MetFault = {
  group: "TSV",
  name: "a NUL byte",
  code: 1,
  message: "line 3: found it.",
  complaints: [],
};
/** All is well. */
const measured: MeasuredFaults = {
  faults: [met],
  recoveries: [{
    name: "a redirect",
    said: [],
    asked: ["/a", "/b"],
    recovered: true,
    complaints: [],
  }],
  kills: [kills, { ...kills, backend: "cpu" }],
  atOnce: [{ name: "two trainings", differences: [], failures: [] }],
  killedChild: {
    code: 1,
    message: "mrpc bert seed 0: Its process was killed.",
    othersDone: true,
    codeAgain: 0,
    differences: [],
  },
};

Deno.test("faultsTable shows each fault with its verdict, and the kills in a row", () => {
  const missing = { ...met, code: null, message: null, complaints: null };
  const wrong = { ...met, code: 0, message: null, complaints: ["its exit code is 0"] };
  const { rows, caption } = faultsTable({ ...measured, faults: [met, missing, wrong] });
  assert.deepEqual(rows.slice(0, 3), [
    ["TSV", "a NUL byte", "line 3: found it.", "1", "refused"],
    ["TSV", "a NUL byte", "–", "–", "not on this machine"],
    ["TSV", "a NUL byte", "–", "0", "not as it should be: its exit code is 0"],
  ]);
  const [redirect, onWasm, onCpu, child, trainings] = rows.slice(3).map((row) => row.join(" "));
  assert.equal(
    redirect,
    "download (function) a redirect – – recovered: the right file after 2 requests",
  );
  assert.match(
    onWasm,
    /100 moments of 20 runs .*`wasm`: 33 at a random time.*20 of 20 .*twice: 0\.12 s.*0\.05 s.*took 0\.08 s, the longest save 0\.02 s\. – nothing lost/,
  );
  assert.match(onCpu, /100 moments .*`cpu`/);
  assert.match(
    child,
    /mrpc bert seed 0: Its process was killed\. The other run has its record\..*nothing lost/,
  );
  assert.match(trainings, /^two at once two trainings Failed: 0 .* nothing lost$/);
  assert.equal(rows.length, 8);
  assert.match(caption, /^3 malformed things/);
  assert.equal(allRefused({ ...measured, faults: [met, missing] }), true);
  assert.equal(allRefused({ ...measured, faults: [met, wrong] }), false);
});

Deno.test("a server, two at once or a killed child that went wrong is told", () => {
  const [recovery] = measured.recoveries, [twice] = measured.atOnce, { killedChild } = measured;
  const wrong: [Partial<MeasuredFaults>, RegExp][] = [
    [{ recoveries: [{ ...recovery, complaints: ["it gives up"] }] }, /it gives up$/],
    [{ atOnce: [{ ...twice, differences: ["a"] }] }, /not as it should be: 1 files differ$/],
    [{ atOnce: [{ ...twice, failures: ["a"] }] }, /not as it should be: 1 of them failed$/],
    [{ killedChild: { ...killedChild, code: 0 } }, /its exit code is 0$/],
    [{ killedChild: { ...killedChild, message: null } }, /it does not name the run$/],
    [{ killedChild: { ...killedChild, othersDone: false } }, /the other run did not go on$/],
    [{ killedChild: { ...killedChild, codeAgain: 3 } }, /again ends with exit code 3$/],
    [{ killedChild: { ...killedChild, differences: ["a"] } }, /1 files differ$/],
  ];
  for (const [changes, told] of wrong) {
    const page = { ...measured, ...changes };
    assert.ok(faultsTable(page).rows.some((row) => told.test(row.join(" "))), `${told}`);
    assert.equal(allRefused(page), false);
  }
});

Deno.test("a kill that loses anything, or more work than the interval and a piece, is told", () => {
  assert.deepEqual(killComplaints(kills), []);
  assert.deepEqual(killComplaints({ ...kills, recordsLost: 1 }), ["1 records lost"]);
  assert.deepEqual(killComplaints({ ...kills, mostWorkLostMs: 249 }), []);
  assert.deepEqual(killComplaints({ ...kills, mostWorkLostMs: 261 }), [
    "0.26 s of work lost, more than 0.25 s",
  ]);
  const many = { ...kills, brokenFiles: ["a"], runsDiffering: 2, failures: ["b"] };
  assert.equal(killComplaints(many).length, 3);
  assert.equal(allRefused({ ...measured, kills: [kills, many] }), false);
});

Deno.test("placeless takes away what differs from machine to machine", () => {
  const said = "Cannot write /tmp/f1/results/stage1-0123456789ab-wasm-openblas.safetensors in /tmp/f1";
  assert.equal(placeless(said, "/tmp/f1"), "Cannot write results/stage1-….safetensors in .");
  assert.equal(placeless("http://127.0.0.1:50009/a", "/tmp/f1"), "http://127.0.0.1:…/a");
});
