import assert from "node:assert/strict";
import { largestError } from "../tensor/finite_differences.ts";
import {
  dispose,
  floatTensor,
  liveTensors,
  type Ops,
  startBackend,
  type Tensor,
  tidy,
  webgpuAdapter,
} from "../tensor/mod.ts";
import { batchTensors, type PaddedBatch } from "./batch.ts";
import { loadBert, type LoadedBert } from "./checkpoint.ts";
import { classify, clsState, encode, everyLayer, pool } from "./encoder.ts";
import { randomWeights, referenceForward, type Weights, writeFolder } from "./reference_bert.ts";

const config = {
  vocabSize: 11,
  hiddenSize: 12,
  numLayers: 3,
  numHeads: 3,
  intermediateSize: 20,
  maxPositions: 9,
  numSegments: 2,
  layerNormEpsilon: 1e-12,
};

const batch: PaddedBatch = {
  tokenIds: new Int32Array([2, 5, 7, 5, 3, 9, 3, 2, 8, 3, 0, 0, 0, 0, 2, 6, 6, 3, 1, 3, 0]),
  segmentIds: new Int32Array([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0]),
  mask: new Float32Array([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0]),
  size: 3,
  length: 7,
};

const { ops } = await startBackend("wasm", { blas: Deno.env.get("DPB_BLAS") ?? "auto" });

/** Runs `body` on the BERT that a folder of `weights` gives. */
async function withBert(weights: Weights, dtype: "F32" | "F16", body: (bert: LoadedBert) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await writeFolder(folder, config, weights, { dtype });
    await body(await loadBert(folder, 2, () => 0.5));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The reference's weights as a float16 file keeps them. */
function halved(weights: Weights): Weights {
  return new Map([...weights].map((
    [name, { shape, data }],
  ) => [name, { shape, data: Float32Array.from(data, Math.f16round) }]));
}

/** Every hidden state, pooled output and logit within 1e-4 of the float64 reference, on the running backend. */
async function matchesReference(ops: Ops, dtype: "F32" | "F16"): Promise<void> {
  const weights = randomWeights(config, 2);
  const expected = referenceForward(config, dtype === "F16" ? halved(weights) : weights, batch);
  await withBert(weights, dtype, async ({ params }) => {
    const outputs = tidy(() => {
      const states: Tensor[] = [];
      const tensors = batchTensors(ops, batch);
      const last = encode(ops, params, config, tensors, (_layer, hidden, run) => {
        states.push(hidden);
        return run(hidden);
      });
      return [...states, last, pool(ops, params.pooler, last), classify(ops, params, last)];
    });
    const reference = [...expected.hidden, expected.pooled, expected.logits];
    assert.equal(outputs.length, config.numLayers + 3);
    for (const [i, output] of outputs.entries()) {
      const error = largestError(await output.data() as Float32Array, reference[i]);
      assert.ok(error < 1e-4, `output ${i} is off by ${error}`);
    }
    dispose(outputs);
  });
}

for (const dtype of ["F32", "F16"] as const) {
  Deno.test(`encode gives every layer's hidden state of a float64 BERT, padding included (wasm, ${dtype})`, () =>
    matchesReference(ops, dtype));
}

const adapter = await webgpuAdapter();
for (const name of ["cpu", "webgpu"] as const) {
  const missing = name === "webgpu" && !adapter;
  Deno.test({
    name: `encode gives every layer's hidden state of a float64 BERT (${name}${
      missing ? "; ignored: no adapter" : ""
    })`,
    ignore: missing,
    fn: async () => {
      try {
        await matchesReference((await startBackend(name)).ops, "F32");
      } finally {
        await startBackend("wasm");
      }
    },
  });
}

Deno.test("encode gives a row the same states alone as padded beside longer ones", async () => {
  await withBert(randomWeights(config, 2), "F32", async ({ params }) => {
    const logitsOf = (one: PaddedBatch) =>
      tidy(() => classify(ops, params, encode(ops, params, config, batchTensors(ops, one), everyLayer)));
    const alone: PaddedBatch = {
      tokenIds: batch.tokenIds.slice(7, 10),
      segmentIds: batch.segmentIds.slice(7, 10),
      mask: new Float32Array([1, 1, 1]),
      size: 1,
      length: 3,
    };
    const padded = await logitsOf(batch).data(), single = await logitsOf(alone).data();
    assert.ok(largestError(single as Float32Array, padded.slice(2, 4)) < 1e-5);
  });
});

Deno.test("encode hands each layer, its number and its state to the gate, and believes what it returns", async () => {
  await withBert(randomWeights(config, 2), "F32", async ({ params }) => {
    const seen: number[] = [];
    const [first, last] = tidy(() => {
      let embedded: Tensor | null = null;
      const last = encode(ops, params, config, batchTensors(ops, batch), (layer, hidden) => {
        seen.push(layer);
        embedded ??= hidden;
        return hidden;
      });
      return [embedded! as Tensor, last];
    });
    assert.deepEqual(seen, [0, 1, 2]);
    assert.deepEqual(await last.data(), await first.data());
    await Promise.resolve();
  });
});

Deno.test("clsState is the first token's state of each row", async () => {
  const hidden = floatTensor(Array.from({ length: 12 }, (_, i) => i), [2, 3, 2]);
  assert.deepEqual([...await clsState(ops, hidden).data()], [0, 1, 6, 7]);
});

Deno.test("encode leaves nothing behind inside tidy", async () => {
  await withBert(randomWeights(config, 2), "F32", async ({ params }) => {
    const live = liveTensors();
    const once = () =>
      tidy(() => classify(ops, params, encode(ops, params, config, batchTensors(ops, batch), everyLayer)));
    once().dispose();
    assert.equal(liveTensors(), live);
    await Promise.resolve();
  });
});
