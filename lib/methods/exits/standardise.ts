/**
 * Standardised exit inputs: BatchNorm without affine before a ramp (Ioffe & Szegedy 2015), because h_CLS hardly differs
 * between inputs in the lower layers of a pre-trained model (our prototypes). In training by the batch's own mean and
 * variance. Afterwards by those of training rows under the trained weights, folded into the ramp's pooler, so that
 * inference computes nothing more. (Our prototypes kept running means and cut at 5 deviations; neither is needed here.)
 */
import { collate, type EncodedExample, evalBatchRows } from "../../glue/mod.ts";
import {
  add,
  disposeTree,
  exp,
  floatTensor,
  log,
  mean,
  mul,
  readValues,
  setValues,
  square,
  sub,
  type Tensor,
  variable,
} from "../../tensor/mod.ts";
import type { Backbone } from "../method.ts";
import { encodeKeepingCls, type OffRamps } from "./off_ramps.ts";

const epsilon = 1e-5;

/** h_CLS [B, H] with mean 0 and variance 1 over the batch, column by column. */
export function standardised(cls: Tensor): Tensor {
  const centred = sub(cls, mean(cls, 0, true)), variance = mean(square(centred), 0, true);
  return mul(centred, exp(mul(log(add(variance, epsilon)), -0.5)));
}

/** Mean and deviation of h_CLS after a layer, column by column; [H]. */
export interface ClsStatistics {
  mean: Float64Array;
  deviation: Float64Array;
}

/** Rows that the statistics are taken of, and how many at once. */
const statisticsRows = 512, batchSize = 32;

/** The statistics after layers 1 to L - 1 on the first rows of `examples`. */
export async function clsStatistics(
  backbone: Backbone,
  examples: EncodedExample[],
): Promise<ClsStatistics[]> {
  const { config } = backbone, rows = examples.slice(0, statisticsRows);
  const sums = Array.from({ length: config.numLayers - 1 }, () => ({
    first: new Float64Array(config.hiddenSize),
    second: new Float64Array(config.hiddenSize),
  }));
  for (const batchRows of evalBatchRows(rows, batchSize)) {
    const batch = collate(rows, batchRows);
    const states = await backbone.ops.evaluate(() => encodeKeepingCls(backbone, batch).cls.slice(0, -1));
    states.forEach((values, layer) =>
      values.forEach((x, at) => {
        sums[layer].first[at % config.hiddenSize] += x;
        sums[layer].second[at % config.hiddenSize] += x * x;
      })
    );
  }
  return sums.map(({ first, second }) => {
    const mean = first.map((sum) => sum / rows.length);
    const variance = second.map((sum, at) => Math.max(0, sum / rows.length - mean[at] ** 2));
    return { mean, deviation: variance.map((x) => Math.sqrt(x + epsilon)) };
  });
}

/** A ramp's pooler on raw h_CLS that does what it did on standardised: `W / deviation` and `b - W mean / deviation`. */
function folded(weight: Float32Array, bias: Float32Array, { mean, deviation }: ClsStatistics) {
  const width = mean.length;
  const scaled = weight.map((w, at) => w / deviation[at % width]);
  const shifted = bias.map((b, row) =>
    mean.reduce((rest, m, at) => rest - m * (weight[row * width + at] / deviation[at]), b)
  );
  return { weight: scaled, bias: shifted };
}

/** The poolers' values with the statistics of `examples` under the present weights folded in; one per ramp. */
async function foldedPoolers(backbone: Backbone, ramps: OffRamps, examples: EncodedExample[]) {
  const statistics = await clsStatistics(backbone, examples);
  return await Promise.all(
    ramps.map(async ({ pooler: { weight, bias } }, layer) =>
      folded(await readValues(weight), await readValues(bias), statistics[layer])
    ),
  );
}

/** Folds the statistics of `examples` into `ramps`, which from now on see raw states. */
export async function foldStatistics(
  backbone: Backbone,
  ramps: OffRamps,
  examples: EncodedExample[],
): Promise<void> {
  for (const [layer, { weight, bias }] of (await foldedPoolers(backbone, ramps, examples)).entries()) {
    setValues(ramps[layer].pooler.weight, weight);
    setValues(ramps[layer].pooler.bias, bias);
  }
}

/** Does `work` with ramps that see raw states as `ramps` see standardised ones; those are trained on and stay. */
export async function withFolded<T>(
  backbone: Backbone,
  ramps: OffRamps,
  examples: EncodedExample[],
  work: (folded: OffRamps) => Promise<T>,
): Promise<T> {
  const values = await foldedPoolers(backbone, ramps, examples);
  const poolers = values.map(({ weight, bias }) => ({
    weight: variable(floatTensor(weight, [bias.length, bias.length])),
    bias: variable(floatTensor(bias, [bias.length])),
  }));
  try {
    return await work(ramps.map(({ classifier }, layer) => ({ pooler: poolers[layer], classifier })));
  } finally {
    disposeTree(poolers);
  }
}
