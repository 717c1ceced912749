/** A trained model for use: text in, label and path out. What a reader of the README takes away. */
import { loadBert } from "../bert/mod.ts";
import { collate } from "../glue/mod.ts";
import { methodWith, openInference } from "../methods/mod.ts";
import { random, startBackend } from "../tensor/mod.ts";
import { loadWordPiece } from "../text/mod.ts";
import { InputError } from "../errors.ts";
import { hasPlanner, loadPlanner } from "./models.ts";
import { join } from "node:path";

/** What the model says of a text. */
export interface Prediction {
  /** Label name, or the score of a regression as text. */
  label: string;
  /** One per label; [] for a regression. */
  probabilities: number[];
  /** 0/1 per layer, first layer first. */
  path: string;
}

/** A model that predicts one text (or pair) at a time and skips the layers its planner skips. */
export interface Predictor {
  predict(text: string, pair?: string): Promise<Prediction>;
}

/** Label names of a saved model; [] for a regression. */
async function labelsOf(folder: string): Promise<string[]> {
  const file = join(folder, "config.json");
  const text = await Deno.readTextFile(file).catch(() => {
    throw new InputError(
      `${file} cannot be read; expected the folder of a trained model (results/.../checkpoints/...).`,
    );
  });
  return Object.values(JSON.parse(text).id2label ?? {});
}

function softmax(logits: Float32Array): number[] {
  const highest = Math.max(...logits), exps = [...logits].map((x) => Math.exp(x - highest));
  const total = exps.reduce((a, b) => a + b, 0);
  return exps.map((x) => x / total);
}

/**
 * Opens the model in `folder`, as training saved it: a Hugging Face BERT and, for DPBERT, its planner. Throws
 * `InputError` when files are missing or do not fit.
 */
export async function openPredictor(
  folder: string,
  { backend = "wasm" as const, blas = "auto" } = {},
): Promise<Predictor> {
  const { ops } = await startBackend(backend, { blas });
  const labels = await labelsOf(folder);
  const { params, config } = await loadBert(folder, Math.max(1, labels.length), random(0, "unused"));
  const wordPiece = await loadWordPiece(folder);
  const backbone = { ops, config, params };
  const planner = await hasPlanner(folder) ? await loadPlanner(folder, { config }) : null;
  const model = openInference(backbone, methodWith(planner));
  return {
    async predict(text, pair) {
      const encoded = { ...wordPiece.encode(text, pair ?? null), label: null, index: 0 };
      const { logits, paths } = await model.infer(collate([encoded], [0]));
      if (labels.length === 0) return { label: logits[0].toFixed(3), probabilities: [], path: paths[0] };
      const probabilities = softmax(logits);
      return {
        label: labels[probabilities.indexOf(Math.max(...probabilities))],
        probabilities,
        path: paths[0],
      };
    },
  };
}
