/**
 * Static subsets: which layers to keep for every input alike. What a planner's routing must beat, since a planner may
 * also end in one path for all (our prototypes): the best subset found by search, and random ones.
 */
import type { EncodedExample } from "../glue/mod.ts";
import type { Random } from "../tensor/mod.ts";
import type { Interruption, LabelKind } from "../train/mod.ts";
import { fixedPath } from "./fixed_path.ts";
import type { Backbone, Method } from "./method.ts";
import { executedLayers, predictAll, type TrainingSet } from "./training_set.ts";

/** A path of `numLayers` layers that executes `count` of them, each subset as likely as any other. */
export function randomSubset(count: number, numLayers: number, rng: Random): string {
  let left = count;
  return Array.from({ length: numLayers }, (_, layer) => {
    const keeps = rng() < left / (numLayers - layer);
    if (keeps) left--;
    return keeps ? "1" : "0";
  }).join("");
}

/** Cross-entropy of a class or squared error of a value, as `taskLoss`, from logits that were read back. */
export function lossOf(logits: ArrayLike<number>, label: number, kind: LabelKind): number {
  const values = Array.from(logits);
  if (kind === "regression") return (values[0] - label) ** 2;
  const highest = Math.max(...values);
  return Math.log(values.reduce((sum, x) => sum + Math.exp(x - highest), 0)) + highest - values[label];
}

/** The mean task loss of `examples` on one path for all. */
async function lossOnPath(
  backbone: Backbone,
  kind: LabelKind,
  examples: EncodedExample[],
  path: string,
  interruption: Interruption,
): Promise<number> {
  let total = 0;
  const adding = (rows: number[]): Method => (batch) => {
    const pass = fixedPath(backbone, path)(batch);
    const conclude: typeof pass.conclude = (logits, read) => {
      const width = logits.length / rows.length;
      rows.forEach((row, at) =>
        total += lossOf(logits.subarray(at * width, (at + 1) * width), examples[row].label!, kind)
      );
      return pass.conclude!(logits, read);
    };
    return { ...pass, conclude };
  };
  await predictAll(backbone, kind, examples, adding, interruption);
  return total / examples.length;
}

/** Held-out rows that a subset is judged by, and subsets that are followed up. */
const searchRows = 256, beamWidth = 3;

/**
 * The subset of `count` layers with the lowest held-out loss that a beam search finds, which starts with every layer
 * and takes away one at a time. `backbone` is taken as it is: it was not trained to skip, so this says which layers it
 * misses least. `interruption` may stop it; it begins again.
 */
export async function searchSubset(
  backbone: Backbone,
  { kind, heldOut }: TrainingSet,
  count: number,
  interruption: Interruption,
): Promise<string> {
  const examples = heldOut.slice(0, searchRows);
  let beam = ["1".repeat(backbone.config.numLayers)];
  while (executedLayers(beam[0]) > count) {
    const shorter = new Set(beam.flatMap(withoutOne)), judged: { path: string; loss: number }[] = [];
    for (const path of shorter) {
      judged.push({ path, loss: await lossOnPath(backbone, kind, examples, path, interruption) });
    }
    beam = judged.sort((a, b) => a.loss - b.loss).slice(0, beamWidth).map(({ path }) => path);
  }
  return beam[0];
}

/** The paths that execute one layer less: `101` gives `001` and `100`. */
function withoutOne(path: string): string[] {
  return [...path].flatMap((executed, layer) =>
    executed === "1" ? [path.slice(0, layer) + "0" + path.slice(layer + 1)] : []
  );
}
