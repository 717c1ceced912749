import assert from "node:assert/strict";
import type { PaddedBatch } from "../../bert/mod.ts";
import { readConfig } from "../../config.ts";
import { type Backbone, bert, givenPaths, openInference } from "../../methods/mod.ts";
import { disposeTree, startBackend } from "../../tensor/mod.ts";
import { measureLatency, quantile, spread, timeAlternating } from "./latency.ts";
import { encodeExamples, openSources } from "../sources/task_data.ts";

const { ops } = await startBackend("wasm");
const sources = await openSources("smoke", "sst-2", readConfig({}));
const { examples } = await sources.split("dev");
const rows = encodeExamples(sources.wordPiece, examples.slice(0, 6), 32);

async function withBackbone(work: (backbone: Backbone) => Promise<void>) {
  const backbone = { ops, config: sources.config, params: await sources.freshBackbone(0) };
  try {
    await work(backbone);
  } finally {
    disposeTree(backbone.params);
  }
}

Deno.test("quantile is the nearest rank: the 5th of 10 values for 0.5, the 9th for 0.9", () => {
  const values = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
  assert.equal(quantile(values, 0.5), 5);
  assert.equal(quantile(values, 0.9), 9);
  assert.equal(quantile([3], 0.9), 3);
});

Deno.test("spread takes examples evenly and never more than there are", () => {
  assert.deepEqual(spread([0, 1, 2, 3, 4, 5, 6, 7], 4), [0, 2, 4, 6]);
  assert.deepEqual(spread([0, 1], 5), [0, 1]);
});

Deno.test("timeAlternating times every example of each model after the warm-up, in turning order", () =>
  withBackbone(async (backbone) => {
    const order: string[] = [];
    const model = openInference(backbone, bert);
    const named = (name: string) => ({
      ...model,
      infer: (batch: PaddedBatch) => (order.push(name), model.infer(batch)),
    });
    let clock = 0;
    const times = await timeAlternating([named("a"), named("b")], rows.slice(0, 3), {
      warmup: 1,
      repeats: 2,
      now: () => clock++,
    });
    assert.deepEqual(times, [[1, 1, 1], [1, 1, 1]]);
    assert.equal(order.join(""), "ab" + "abbaab" + "baabba");
    model.dispose();
  }));

/** A clock that is read twice an inference, and a model that takes these milliseconds, one after another. */
function clocked(...taken: number[]) {
  let reads = 0, ms = 0;
  return () => reads++ % 2 === 0 ? ms : ms += taken[((reads - 2) / 2) % taken.length];
}

Deno.test("an example's time is the median of its repeats: one of 90 ms among two of 2 ms is none of it", () =>
  withBackbone(async (backbone) => {
    const model = openInference(backbone, bert);
    const now = clocked(2, 4, 2, 4, 90, 4);
    const times = await timeAlternating([model], rows.slice(0, 2), { warmup: 0, repeats: 3, now });
    assert.deepEqual(times, [[2, 4]]);
    model.dispose();
  }));

Deno.test("the speed-up compares means: inputs of 1, 1 and 4 ms take 2 on average and 1 at the median", () =>
  withBackbone(async (backbone) => {
    const model = openInference(backbone, bert);
    // Ours and the full model's take turns: ours 1, 1 and 4; the full model's always 6.
    const now = clocked(1, 6, 6, 1, 4, 6);
    const latency = await measureLatency(model, model, rows.slice(0, 3), { warmup: 0, repeats: 1, now });
    model.dispose();
    assert.deepEqual([latency.meanMs, latency.medianMs, latency.p90Ms], [2, 1, 4]);
    assert.deepEqual([latency.fullMeanMs, latency.fullMedianMs, latency.speedup], [6, 6, 3]);
  }));

Deno.test("a skipped layer is not computed: the path 1000 costs one layer of four", () =>
  withBackbone(async (backbone) => {
    // The clock counts layers that ran, so the test does not depend on the machine.
    let layers = 0;
    const counting = {
      ...ops,
      inference: null,
      attention: (...args: Parameters<typeof ops.attention>) => (layers++, ops.attention(...args)),
    };
    const counted = { ...backbone, ops: counting };
    const latency = await measureLatency(
      openInference(counted, (backbone) => givenPaths(backbone, () => ["1000"])),
      openInference(counted, bert),
      rows,
      { warmup: 0, repeats: 1, now: () => layers },
    );
    assert.deepEqual([latency.medianMs, latency.fullMedianMs, latency.speedup, latency.n], [1, 4, 4, 6]);
  }));

Deno.test("the full model's own latency has speed-up 1", () =>
  withBackbone(async (backbone) => {
    let clock = 0;
    const model = openInference(backbone, bert);
    const latency = await measureLatency(model, null, rows, { warmup: 0, repeats: 1, now: () => clock += 2 });
    model.dispose();
    assert.deepEqual([latency.speedup, latency.medianMs, latency.fullMedianMs], [1, 2, 2]);
  }));
