import assert from "node:assert/strict";
import { trainableTasks } from "../../config.ts";
import { paperMean, paperScore, readPaper } from "./paper.ts";

const paper = readPaper();

Deno.test("readPaper: the paper's Avg is the mean of its 8 columns, 7 for DeeBERT (R8)", () => {
  assert.equal(paper.table1.length, 9);
  for (const { split, method, scores, average } of paper.table1) {
    assert.deepEqual(Object.keys(scores).sort(), [...trainableTasks].sort());
    const known = Object.values(scores).filter((score) => score !== null);
    assert.equal(known.length, method === "deebert" ? 7 : 8);
    const mean = known.reduce((sum, score) => sum + score, 0) / known.length;
    assert(Math.abs(mean - average) <= 0.05 + 1e-9, `${split} ${method}: ${mean} against ${average}`);
  }
});

Deno.test("readPaper: DPBERT's Avg is 81.3, BERT's 82.4, so that 98.7 % is kept", () => {
  const average = (method: string) => paper.table1.find((row) => row.method === method)!.average;
  assert.equal(average("dpbert"), 81.3);
  assert.equal(average("bert"), 82.4);
  assert(Math.floor(average("dpbert") / average("bert") * 100) === paper.claims.keptPercent);
});

Deno.test("readPaper: a speed-up of 1.34 is a latency of 75 %", () => {
  assert.equal(Math.round(100 / paper.claims.speedUp), paper.claims.latencyPercent);
  assert.equal(paper.table1.find((row) => row.method === "dpbert")!.speedUp, paper.claims.speedUp);
  assert.equal(paper.claims.targetRate, 0.4);
});

Deno.test("readPaper: Table 2's DPBERT is Table 1's", () => {
  for (const [task, score] of Object.entries(paper.table2.dpbert)) {
    assert.equal(
      score,
      paper.table1.find((row) => row.split === "dev" && row.method === "dpbert")!.scores[task],
    );
  }
});

Deno.test("readPaper: Table 3's paths are layers of 12, each executing layer 1", () => {
  assert.deepEqual(paper.table3.map((row) => row.layers.length), [6, 10, 4, 7]);
  for (const { layers } of paper.table3) {
    assert.equal(layers[0], 1);
    assert(layers.every((layer, i) => layer <= 12 && (i === 0 || layer > layers[i - 1])));
  }
});

Deno.test("paperScore finds dev scores, DPBERT-soft's in Table 2, and null where there is none", () => {
  assert.equal(paperScore(paper, "dpbert", "mrpc"), 87.8);
  assert.equal(paperScore(paper, "dpbert-soft", "rte"), 51.6);
  assert.equal(paperScore(paper, "deebert", "sts-b"), null);
  assert.equal(paperScore(paper, "leebert", "mrpc"), null);
});

Deno.test("paperMean averages over the tasks asked for, or is null if one is missing", () => {
  assert(Math.abs(paperMean(paper, "bert", ["mrpc", "sts-b"])! - 88.2) < 1e-9);
  assert.equal(paperMean(paper, "deebert", ["mrpc", "sts-b"]), null);
  assert.equal(paperMean(paper, "bert", []), null);
});
