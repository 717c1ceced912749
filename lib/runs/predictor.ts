/** A trained model for use: text in, label and path out. What a reader of the README takes away. */
import { InputError } from "../errors.ts";
import { collate } from "../glue/mod.ts";
import { openInference } from "../methods/mod.ts";
import { type BackendName, startBackend } from "../tensor/mod.ts";
import { disposeModel } from "./models.ts";
import { findSaved } from "./finished/saved.ts";
import { openSaved, type SavedModel } from "./finished/saved_model.ts";

/** What the model says of a text. */
export interface Prediction {
  /** Label name, or the score of a regression as text. */
  label: string;
  /** One per label; [] for a regression. */
  probabilities: number[];
  /** 0/1 per layer, first layer first. */
  path: string;
  /** Tokens the model read, special ones included. */
  tokens: number;
  /** Tokens of the whole input where it was cut; null where the model read all of it. */
  cutFrom: number | null;
}

/** A model that predicts one text (or pair) at a time and skips the layers its planner skips. */
export interface Predictor {
  /** Class names; [] for a regression. */
  labels: string[];
  /** Throws `InputError` for an empty text, and for one sentence where the task takes two, or the reverse. */
  predict(text: string, pair?: string): Promise<Prediction>;
  /** Frees the parameters. */
  dispose(): void;
}

function softmax(logits: Float32Array): number[] {
  const highest = Math.max(...logits), exps = [...logits].map((x) => Math.exp(x - highest));
  const total = exps.reduce((a, b) => a + b, 0);
  return exps.map((x) => x / total);
}

/**
 * Opens the model that `run` names: the folder that training left (a Hugging Face BERT and, for DPBERT, its planner), a
 * run's record, or another BERT classifier's folder. Throws `InputError` when files are missing or do not fit.
 */
export async function openPredictor(
  run: string,
  { backend = "wasm" as BackendName, blas = "auto" } = {},
): Promise<Predictor> {
  const saved = await findSaved(run);
  return predictorOf(await openSaved(saved, await startBackend(backend, { blas })));
}

/** A predictor of an open model, which it frees at the end. */
export function predictorOf(model: SavedModel): Predictor {
  const { labels, backbone, methodFor } = model;
  const open = openInference(backbone, methodFor);
  return {
    labels,
    async predict(text, pair) {
      const { input, cutFrom } = encodeInput(model, text, pair ?? null);
      const { logits, paths } = await open.infer(collate([input], [0]));
      const bad = logits.find((logit) => !Number.isFinite(logit));
      if (bad !== undefined) throw new InputError(`The model's output for this text is ${bad}.`);
      const found = { path: paths[0], tokens: input.tokenIds.length, cutFrom };
      if (labels.length === 0) return { label: logits[0].toFixed(3), probabilities: [], ...found };
      const probabilities = softmax(logits);
      return { label: labels[probabilities.indexOf(Math.max(...probabilities))], probabilities, ...found };
    },
    dispose() {
      open.dispose();
      disposeModel(model);
    },
  };
}

/** The model's input for a text, cut to what it reads. */
function encodeInput({ task, wordPiece, maxLength }: SavedModel, text: string, pair: string | null) {
  if (text.trim() === "" || pair?.trim() === "") {
    throw new InputError("Found an empty sentence; expected some text.");
  }
  if (task && task.pair !== (pair !== null)) {
    throw new InputError(
      task.pair
        ? `${task.title} takes two sentences, found one; give the second with --pair, or after a tab.`
        : `${task.title} takes one sentence, found two.`,
    );
  }
  const whole = wordPiece.encode(text, pair, Number.MAX_SAFE_INTEGER);
  const length = whole.tokenIds.length, isCut = length > maxLength;
  const encoded = isCut ? wordPiece.encode(text, pair, maxLength) : whole;
  return { input: { ...encoded, label: null, index: 0 }, cutFrom: isCut ? length : null };
}
