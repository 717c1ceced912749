import assert from "node:assert/strict";
import type { KillReport } from "../kills.ts";
import { type MetFault, placeless } from "./measure.ts";
import { allRefused, faultsTable, killComplaints } from "./table.ts";

const kills: KillReport = {
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
};
const met: MetFault = {
  group: "TSV",
  name: "a NUL byte",
  code: 1,
  message: "line 3: found it.",
  complaints: [],
};

Deno.test("faultsTable shows each fault with its verdict, and the kills in a row", () => {
  const missing = { ...met, code: null, message: null, complaints: null };
  const wrong = { ...met, code: 0, message: null, complaints: ["its exit code is 0"] };
  const { rows, caption } = faultsTable({ faults: [met, missing, wrong], kills });
  assert.deepEqual(rows.slice(0, 3), [
    ["TSV", "a NUL byte", "line 3: found it.", "1", "refused"],
    ["TSV", "a NUL byte", "–", "–", "not on this machine"],
    ["TSV", "a NUL byte", "–", "0", "not as it should be: its exit code is 0"],
  ]);
  assert.match(
    rows[3].join(" "),
    /100 moments of 20 runs .*33 at a random time.*20 of 20 .*twice: 0\.12 s.*nothing lost/,
  );
  assert.match(caption, /^3 malformed things/);
  assert.equal(allRefused({ faults: [met, missing], kills }), true);
  assert.equal(allRefused({ faults: [met, wrong], kills }), false);
});

Deno.test("a kill that loses anything, or more than a minute of work, is told", () => {
  assert.deepEqual(killComplaints(kills), []);
  assert.deepEqual(killComplaints({ ...kills, recordsLost: 1 }), ["1 records lost"]);
  assert.deepEqual(killComplaints({ ...kills, mostWorkLostMs: 61_000 }), ["61 s of work lost"]);
  const many = { ...kills, brokenFiles: ["a"], runsDiffering: 2, failures: ["b"] };
  assert.equal(killComplaints(many).length, 3);
  assert.equal(allRefused({ faults: [met], kills: many }), false);
});

Deno.test("placeless takes away what differs from machine to machine", () => {
  const said = "Cannot write /tmp/f1/results/stage1-0123456789ab-wasm-openblas.safetensors in /tmp/f1";
  assert.equal(placeless(said, "/tmp/f1"), "Cannot write results/stage1-….safetensors in .");
});
