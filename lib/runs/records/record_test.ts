import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../errors.ts";
import { mutated } from "../../mutated.ts";
import { exampleRecord, exampleTiming } from "./example_records.ts";
import {
  canonicalJson,
  checked,
  formatCurve,
  formatPredictions,
  parseCurve,
  parsePredictions,
  parseRunRecord,
  parseTimingRecord,
  recipeHash,
  runRecordSchema,
  stepsIn,
  trainCommand,
} from "./record.ts";

/** Asserts that `action` throws an InputError whose message holds every part. */
function refuses(action: () => unknown, ...parts: string[]) {
  assert.throws(action, (error) => {
    assert(error instanceof InputError, `${error}`);
    for (const part of parts) assert(error.message.includes(part), `"${part}" missing in: ${error.message}`);
    return true;
  });
}

const text = JSON.stringify(exampleRecord());

Deno.test("parseRunRecord reads what was written", () => {
  assert.deepEqual(parseRunRecord(text, "a.json"), exampleRecord());
});

Deno.test("parseRunRecord names the file for truncated JSON and another version", () => {
  refuses(() => parseRunRecord(text.slice(0, 50), "runs/a.json"), "runs/a.json", "not complete JSON");
  refuses(() => parseRunRecord("", "runs/a.json"), "runs/a.json");
  refuses(() => parseRunRecord(`{"schemaVersion": 7}`, "a.json"), "a.json", "schemaVersion 7", "reads 1");
  refuses(() => parseRunRecord("null", "a.json"), "a.json");
});

Deno.test("parseRunRecord names the field that is missing, wrong or unknown", () => {
  const broken = (change: (record: Record<string, Record<string, unknown>>) => void) => () => {
    const record = JSON.parse(text);
    change(record);
    parseRunRecord(JSON.stringify(record), "a.json");
  };
  refuses(broken((r) => delete r.backend), "a.json", '"backend"');
  refuses(broken((r) => delete r.metrics.score), '"metrics.score"');
  refuses(broken((r) => r.metrics.score = 101), '"metrics.score"');
  refuses(broken((r) => r.path.executedShare = [1, 1]), '"path.executedShare"', "per layer");
  refuses(broken((r) => r.path.meanExecutedLayers = 3), '"path.meanExecutedLayers"', "sum");
  refuses(broken((r) => (r as Record<string, unknown>).blas = "folder/libopenblas.so"), '"blas"', "path");
  refuses(broken((r) => r.provenance.host = "x"), '"provenance"', "host");
});

Deno.test("runRecordSchema orders the keys of open records", () => {
  const record = exampleRecord({
    metrics: { score: 1, f1: 2, accuracy: 3 },
    recipe: { b: { d: 1, c: 2 }, a: 1 },
  });
  const read = checked(runRecordSchema, record, "a.json");
  assert.equal(JSON.stringify(read.metrics), '{"accuracy":3,"f1":2,"score":1}');
  assert.equal(JSON.stringify(read.recipe), '{"a":1,"b":{"c":2,"d":1}}');
  assert.equal(Object.keys(read)[0], "schemaVersion");
});

Deno.test("runRecordSchema accepts a negative correlation, no controls and no parent", () => {
  const { controls: _, ...record } = exampleRecord({ metrics: { score: -3.5 }, parent: null });
  assert.equal(checked(runRecordSchema, record, "a.json").metrics.score, -3.5);
});

Deno.test("parseTimingRecord reads with and without latency, and refuses NaN", () => {
  assert.deepEqual(parseTimingRecord(JSON.stringify(exampleTiming()), "t.json"), exampleTiming());
  const { latency: _, ...without } = exampleTiming();
  assert.equal(parseTimingRecord(JSON.stringify(without), "t.json").latency, undefined);
  refuses(
    () => parseTimingRecord(JSON.stringify(exampleTiming({ seconds: { a: NaN } })), "t.json"),
    '"seconds.a"',
  );
  refuses(
    () => parseTimingRecord(JSON.stringify(exampleTiming({ seconds: { a: -1 } })), "t.json"),
    '"seconds.a"',
  );
});

Deno.test("canonicalJson sorts keys at every depth and drops undefined", () => {
  assert.equal(
    canonicalJson({ b: [{ d: 1, c: null }], a: undefined, A: "x" }),
    '{"A":"x","b":[{"c":null,"d":1}]}',
  );
});

Deno.test("canonicalJson refuses NaN, infinities and what is no data, and says where", () => {
  refuses(() => canonicalJson({ a: [1, NaN] }), "value.a[1]", "NaN");
  refuses(() => canonicalJson({ a: { b: Infinity } }), "value.a.b", "Infinity");
  refuses(() => canonicalJson({ a: () => 1 }), "value.a", "function");
  refuses(() => canonicalJson({ a: new Map() }), "value.a");
});

Deno.test("recipeHash ignores key order and sees recipe, data and weights", () => {
  const hash = recipeHash({ a: 1, b: 2 }, { train: "x" }, "w");
  assert.match(hash, /^[0-9a-f]{16}$/);
  assert.equal(recipeHash({ b: 2, a: 1 }, { train: "x" }, "w"), hash);
  assert.notEqual(recipeHash({ a: 1, b: 3 }, { train: "x" }, "w"), hash);
  assert.notEqual(recipeHash({ a: 1, b: 2 }, { train: "y" }, "w"), hash);
  assert.notEqual(recipeHash({ a: 1, b: 2 }, { train: "x" }, "v"), hash);
});

Deno.test("formatPredictions and parsePredictions are inverse", () => {
  const rows = [
    { id: 0, label: "1", prediction: "0", path: "111101" },
    { id: 1, label: "not_entailment", prediction: "3.25", path: "000000" },
  ];
  const written = formatPredictions(rows);
  assert.equal(written.split("\n")[0], "id\tlabel\tprediction\tpath");
  assert.equal(written.split("\n")[1], "0\t1\t0\t111101");
  assert.deepEqual(parsePredictions(written, "p.tsv"), rows);
  assert.deepEqual(parsePredictions(formatPredictions([]), "p.tsv"), []);
});

Deno.test("parsePredictions names file and line of a bad header, row or path", () => {
  refuses(() => parsePredictions("index\tprediction\n", "p.tsv"), "p.tsv", "line 1");
  const header = "id\tlabel\tprediction\tpath\n";
  refuses(() => parsePredictions(header + "0\t1\t1\n", "p.tsv"), "p.tsv", "line 2");
  refuses(() => parsePredictions(header + "0\t1\t1\t11\n1\t1\t1\t12\n", "p.tsv"), "line 3");
  refuses(() => parsePredictions(header + "0\t1\t1\t11\n1\t1\t1\t1\n", "p.tsv"), "line 3", "length");
});

Deno.test("formatCurve and parseCurve are inverse and check each line", () => {
  const lines = [{ stage: "reinforcement", step: 10, loss: 0.5, meanExecuteProb: 0.7 }];
  assert.deepEqual(parseCurve(formatCurve(lines), "c.jsonl"), lines);
  refuses(() => formatCurve([{ stage: "backbone", step: 1, loss: NaN }]), '"loss"');
  refuses(() => parseCurve('{"stage":"a","step":1,"loss":2}\n{"stage"', "c.jsonl"), "c.jsonl", "line 2");
});

Deno.test("trainCommand spells the command with its overrides sorted", () => {
  const run = { profile: "glue", task: "mrpc", method: "dpbert", seed: 0 };
  assert.equal(trainCommand(run), "deno task train --profile glue --task mrpc --method dpbert --seed 0");
  assert(
    trainCommand(run, { targetRate: 0.6, beta: 5 }).endsWith("--seed 0 --set beta=5 --set targetRate=0.6"),
  );
});

/** Runs `read` on damaged copies of `text`: it must give a value or an InputError of a readable length, nothing else. */
function survivesDamage(text: string, read: (text: string) => unknown) {
  const damaged = mutated(new TextEncoder().encode(text)).map((bytes) => new TextDecoder().decode(bytes));
  const property = fc.property(fc.oneof(damaged, damaged, fc.string(), fc.json()), (content) => {
    try {
      read(content);
    } catch (error) {
      assert(error instanceof InputError, `${error}`);
      assert(error.message.length < 400 && !error.message.includes("\n"), error.message);
    }
  });
  fc.assert(property, { seed: 5, numRuns: 1000 });
}

Deno.test("the readers meet damaged records, timings, predictions and curves with a value or an InputError", () => {
  survivesDamage(text, (content) => parseRunRecord(content, "a.json"));
  survivesDamage(JSON.stringify(exampleTiming()), (content) => parseTimingRecord(content, "t.json"));
  const rows = [0, 1, 2].map((id) => ({ id, label: "1", prediction: "0", path: "1101" }));
  survivesDamage(formatPredictions(rows), (content) => parsePredictions(content, "p.tsv"));
  const lines = [1, 2].map((step) => ({ stage: "stage1", step, loss: 0.5, rate: 1e-4 }));
  survivesDamage(formatCurve(lines), (content) => parseCurve(content, "c.jsonl"));
});

Deno.test("what is read of a damaged predictions file is written again as it was read", () => {
  const rows = [0, 1, 2].map((id) => ({ id, label: "1", prediction: "0", path: "1101" }));
  const damaged = mutated(new TextEncoder().encode(formatPredictions(rows)));
  const property = fc.property(damaged, (bytes) => {
    const content = new TextDecoder().decode(bytes);
    let read;
    try {
      read = parsePredictions(content, "p.tsv");
    } catch {
      return;
    }
    assert.deepEqual(parsePredictions(formatPredictions(read), "p.tsv"), read);
  });
  fc.assert(property, { seed: 6, numRuns: 300 });
});

Deno.test("parseRunRecord refuses what is nested too deeply or far too long before it takes memory", () => {
  const deep = text.replace('"recipe":{', `"recipe":{"deep":${"[".repeat(1e5)}${"]".repeat(1e5)},`);
  refuses(() => parseRunRecord(deep, "a.json"), "a.json", "nested too deeply");
  refuses(() => parseRunRecord("[".repeat(1_000_001), "a.json"), "a.json", "1000001 characters");
});

Deno.test("stepsIn adds up the last steps of the stages: 120 and 1,000; of no training none", () => {
  const curve = [["stage2", 1], ["stage2", 116], ["stage2", 120], ["stage3", 996], ["stage3", 1000]];
  assert.equal(stepsIn(curve.map(([stage, step]) => ({ stage: `${stage}`, step: Number(step) }))), 1120);
  assert.equal(stepsIn([]), 0);
});
