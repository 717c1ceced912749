import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../../runs/records/example_records.ts";
import {
  findGroup,
  flopsSaved,
  groupRuns,
  layersOf,
  methodsOf,
  otherRowsNote,
  provenanceNote,
  sameSeeds,
  scoresOf,
  speedupsOf,
} from "./groups.ts";

const records = [
  exampleRecord({ seed: 2, metrics: { score: 83 } }),
  exampleRecord({ seed: 0, metrics: { score: 85 } }),
  exampleRecord({ setting: "t0.5" }),
  exampleRecord({ method: "bert" }),
  exampleRecord({ task: "cola", method: "bert" }),
  exampleRecord({ profile: "smoke" }),
];

Deno.test("groupRuns gathers seeds in order, groups in the order of Table 1, one profile only", () => {
  const groups = groupRuns(records, [exampleTiming({ seed: 2 }), exampleTiming({ task: "rte" })], "glue");
  assert.deepEqual(groups.map((group) => `${group.task} ${group.method} ${group.setting}`.trim()), [
    "cola bert",
    "mrpc bert",
    "mrpc dpbert",
    "mrpc dpbert t0.5",
  ]);
  const dpbert = findGroup(groups, "mrpc", "dpbert")!;
  assert.deepEqual(scoresOf(dpbert), [85, 83]);
  assert.deepEqual(speedupsOf(dpbert), [1.2]);
  assert.equal(findGroup(groups, "rte", "bert"), undefined);
});

Deno.test("groupRuns of nothing is nothing", () => {
  assert.deepEqual(groupRuns([], [], "glue"), []);
});

Deno.test("methodsOf lists each method and setting once", () => {
  assert.deepEqual(methodsOf(groupRuns(records, [], "glue")), [
    { method: "bert", setting: "" },
    { method: "dpbert", setting: "" },
    { method: "dpbert", setting: "t0.5" },
  ]);
});

Deno.test("layersOf and flopsSaved average over seeds: 5 layers, 250 of 300 operations", () => {
  const [group] = groupRuns([exampleRecord()], [], "glue");
  assert.equal(layersOf(group), 5);
  assert(Math.abs(flopsSaved(group) - 1 / 6) < 1e-12);
});

Deno.test("speedupsOf leaves out runs whose latency was not measured", () => {
  const { latency: _, ...unmeasured } = exampleTiming();
  assert.deepEqual(speedupsOf(groupRuns([exampleRecord()], [unmeasured], "glue")[0]), []);
});

Deno.test("provenanceNote names profile, seeds, dev rows and backbone, and marks smoke", () => {
  const note = provenanceNote("glue", groupRuns(records, [], "glue"));
  assert.equal(note, "Profile glue, 1–2 seeds, n = 408 dev rows; backbone all-MiniLM-L6-v2 (6 layers).");
  assert(provenanceNote("smoke", groupRuns(records, [], "smoke")).endsWith("never a result."));
});

Deno.test("provenanceNote gives the range of dev rows where tasks have different ones, of MNLI both sets", () => {
  const data = exampleRecord().data, rows = { "dev_matched.tsv": 9815, "dev_mismatched.tsv": 9832 };
  const found = [exampleRecord(), exampleRecord({ task: "mnli", data: { ...data, rows } })];
  assert.match(provenanceNote("glue", groupRuns(found, [], "glue")), /1 seed, n = 408–9832 dev rows;/);
  const unknown = exampleRecord({ data: { ...data, rows: {} } });
  assert.match(provenanceNote("glue", groupRuns([unknown], [], "glue")), /^Profile glue, 1 seed; /);
  assert.equal(provenanceNote("glue", []), "Profile glue, – seeds.");
});

Deno.test("otherRowsNote says that micro-GLUE is not GLUE, and nothing of GLUE itself", () => {
  assert.match(otherRowsNote("micro"), /^ The paper's numbers are of real GLUE/);
  assert.equal(otherRowsNote("glue"), "");
});

Deno.test("sameSeeds sets records of the same seed side by side, in the first group's order", () => {
  const of = (...seeds: number[]) => ({ records: seeds.map((seed) => exampleRecord({ seed })) });
  const pairs = sameSeeds(of(2, 0, 5), of(0, 1, 2)).map((pair) => pair.map(({ seed }) => seed));
  assert.deepEqual(pairs, [[2, 2], [0, 0]]);
  assert.deepEqual([sameSeeds(of(0), undefined), sameSeeds(undefined, of(0))], [[], []]);
});
