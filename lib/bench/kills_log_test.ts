import assert from "node:assert/strict";
import { eventsOf, fileKind, type LogEvent, longestOf, phaseOf, workLost } from "./kills_log.ts";

/** Events a second apart, each as `what`, `what file`, or `step run/stage n`. */
function events(...told: string[]): LogEvent[] {
  return told.map((text, i) => {
    const step = /^step (\w+)\/(stage \d) (\d+)$/.exec(text);
    const event = { life: 0, at: 1000 * i };
    if (step) return { ...event, what: "step", run: step[1], stage: step[2], step: Number(step[3]) };
    const [what, file] = text.split(" ");
    return { ...event, what, ...(file ? { file } : {}) };
  });
}

const state = "rename smoke/checkpoints/mrpc/bert-s0/stage1-abc-wasm.safetensors";
const step = (n: number, stage = 1) => `step bert/stage ${stage} ${n}`;

Deno.test("eventsOf gives one life's events and leaves out a line that a kill cut off", () => {
  const log = '{"life":0,"at":1,"what":"ready"}\n{"life":1,"at":2,"what":"ready"}\n{"life":1,"at":3,"wh';
  assert.deepEqual(eventsOf(log, 1), [{ life: 1, at: 2, what: "ready" }]);
});

Deno.test("phaseOf says what a killed process was about", () => {
  const started = ["ready", "begin"];
  const of = (...told: string[]) => phaseOf(events(...told), false);
  assert.equal(of(), "start-up");
  assert.equal(of("ready"), "start-up");
  assert.equal(of(...started), "start-up");
  assert.equal(of(...started, step(1, 2)), "stage 2");
  assert.equal(of(...started, step(1, 3), "pause", state), "stage 3");
  assert.equal(of(...started, step(8), "pause", "pause"), "evaluation");
  assert.equal(
    of(...started, step(8), "pause", "pause", "rename smoke/checkpoints/mrpc/bert-s0/model.safetensors"),
    "between writes",
  );
  assert.equal(of(...started, step(8), "pause", "dies before"), "stage 1");
  assert.equal(of("ready", "latencies", "pause"), "latency pass");
  assert.equal(phaseOf(events("ready", step(1)), true), "inside a write");
});

Deno.test("workLost counts from the last save, from the one before it if the next process repeats a step before it", () => {
  const told = events("ready", "begin", step(1), "pause", state, step(2), "pause", step(3)); // a save at 4 s
  const next = (n: number) => events(step(n))[0];
  assert.equal(workLost(told, 7500, next(2)), 3500);
  assert.equal(workLost(told, 7500, next(1)), 6500); // not resumed from that save: all since the beginning
  assert.equal(workLost(told, 7500, null), 3500);
});

Deno.test("workLost is nothing where no step or batch was done since the last save", () => {
  assert.equal(workLost(events("ready"), 900, null), 0);
  assert.equal(workLost(events("ready", "begin", step(1), "pause", state), 9000, events(step(2))[0]), 0);
  const recorded = events(
    "begin",
    step(8),
    "pause",
    "pause",
    "rename smoke/timings/mrpc/bert-s0.json",
    "rename smoke/runs/mrpc/bert-s0.json",
  );
  assert.equal(workLost(recorded, 9000, null), 0);
  assert.equal(workLost(recorded.slice(0, -1), 4100, null), 4100);
});

Deno.test("longestOf gives the longest step or batch, a cut-off one too, and the longest save, but no start-up", () => {
  const at = (ms: number, what: string, file?: string): LogEvent => ({ life: 0, at: ms, what, file });
  const told = [at(0, "ready"), at(900, "begin"), at(910, "step"), at(912, "pause"), at(925, "sync")];
  assert.deepEqual(longestOf(told, null), { pieceMs: 10, saveMs: 0 });
  const saved = [...told, at(930, "rename", state.slice(7)), at(935, "pause")];
  assert.deepEqual(longestOf(saved, null), { pieceMs: 10, saveMs: 18 }); // with its sync
  assert.deepEqual(longestOf(saved, 960), { pieceMs: 25, saveMs: 18 });
  assert.deepEqual(longestOf([at(0, "ready")], 500), { pieceMs: 0, saveMs: 0 });
});

Deno.test("fileKind knows what a run writes by its path, temporary or not", () => {
  const folder = "smoke/checkpoints/mrpc/bert-s0";
  const kinds = [
    ...["stage1-ab-wasm.safetensors", ".stage1-ab-wasm.safetensors.7-1a2b3c4d.tmp", "record-is-outdated"],
    ...["model.safetensors", ".vocab.txt.7-1a2b3c4d.tmp"],
  ].map((name) => fileKind(`${folder}/${name}`));
  assert.deepEqual(kinds, ["state", "state", "state", "model", "model"]);
  assert.equal(fileKind("smoke/checkpoints/mrpc/bert-s0.lock"), "state");
  assert.equal(fileKind("smoke/runs/mrpc/.bert-s0.json.7-1a2b3c4d.tmp"), "results");
});
