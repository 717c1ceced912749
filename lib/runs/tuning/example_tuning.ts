/** Hand-made tunings for the tests of this folder and of `report`. */
import { exampleRecord } from "../records/example_records.ts";
import { schemaVersion } from "../records/record.ts";
import type { Trial, Tuning } from "./tuning.ts";

/** A trial on target, at 3.6 layers; `changes` replace fields. */
export function trial(
  settings: Trial["settings"],
  heldOutScore: number,
  changes: Partial<Trial> = {},
): Trial {
  const { recipeHash, backend, blas, provenance } = exampleRecord();
  const found = { heldOutScore, meanExecutedLayers: 3.6, onTarget: true };
  return { settings, recipeHash, ...found, backend, blas, provenance, ...changes };
}

/** DPBERT on MRPC at 6 layers: 80 with the recipe, 82.5 with beta 20. */
export function exampleTuning(changes: Partial<Tuning> = {}): Tuning {
  return {
    schemaVersion,
    profile: "glue",
    task: "mrpc",
    method: "dpbert",
    seed: 0,
    numLayers: 6,
    heldOutRows: 400,
    targetRate: 0.6,
    trials: [trial({}, 80, { meanExecutedLayers: 5, onTarget: false }), trial({ beta: 20 }, 82.5)],
    ...changes,
  };
}
