import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../../runs/records/example_records.ts";
import { groupRuns } from "./groups.ts";
import { curveLeads, headLeads, leadsOf, silentLeads, sourcesOf } from "./leads.ts";

const records = [exampleRecord({ setting: "t0.6", seed: 2 }), exampleRecord({ setting: "t0.6" })];
const [group] = groupRuns(records, [exampleTiming({ setting: "t0.6" })], "glue");

Deno.test("leadsOf links each seed to its record and names the timings", () => {
  const link = (seed: string) => ({
    path: `runs/mrpc/dpbert-t0.6-s${seed}.json`,
    shown: { column: "Seeds", text: seed },
  });
  assert.deepEqual(leadsOf(group), [link("0"), link("2"), { path: "timings/mrpc/dpbert-t0.6-s0.json" }]);
});

Deno.test("silentLeads and sourcesOf name the same files without links", () => {
  const paths = leadsOf(group).map(({ path }) => path);
  assert.deepEqual(silentLeads([group]), paths.map((path) => ({ path })));
  assert.deepEqual(sourcesOf([group]), paths);
});

Deno.test("curveLeads names the curves of runs", () => {
  assert.deepEqual(curveLeads(records.slice(1)), [{ path: "curves/mrpc/dpbert-t0.6-s0.jsonl" }]);
});

Deno.test("headLeads sends the paper's column to its file, measured ones to the timings, steps to the curves", () => {
  assert.deepEqual(headLeads({ paper: "Paper", measured: ["Speed-up"], steps: "Steps" }), [
    { path: "data/paper/table1.tsv", from: "project", shown: { column: "Paper", text: "Paper" } },
    { path: "timings", shown: { column: "Speed-up", text: "Speed-up" } },
    { path: "curves", shown: { column: "Steps", text: "Steps" } },
  ]);
});
