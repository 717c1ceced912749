/** A trained model opened from its folder alone: its own labels, vocabulary and planner. */
import { loadBert } from "../../bert/mod.ts";
import { InputError, visible } from "../../errors.ts";
import { type Task, taskById } from "../../glue/mod.ts";
import { type Backend, disposeTree, random } from "../../tensor/mod.ts";
import type { WordPiece } from "../../text/mod.ts";
import { entryOf } from "../methods/mod.ts";
import { hasPart, loadParts, type TrainedModel } from "../models.ts";
import type { Recipe } from "../recipe.ts";
import type { SavedRun } from "./saved.ts";
import { loadFittingWordPiece } from "../sources/vocabulary.ts";
import { join } from "node:path";

/** A model ready to run, with what turns text into its input and its output into words. */
export interface SavedModel extends Omit<TrainedModel, "sources"> {
  /** What it was trained for; null for a model from elsewhere. */
  task: Task | null;
  wordPiece: WordPiece;
  /** Tokens per input, special ones included. */
  maxLength: number;
  /** Class names; [] for a regression. */
  labels: string[];
}

/**
 * Opens what `findSaved` found. Throws `InputError` when files are missing, do not fit each other, or hold no
 * classifier.
 */
export async function openSaved({ folder, record }: SavedRun, backend: Backend): Promise<SavedModel> {
  const entry = entryOf(record?.method ?? (await hasPart(folder, "planner") ? "dpbert" : "bert"));
  const labels = await labelsOf(folder);
  const { params, config, drawn } = await loadBert(folder, Math.max(1, labels.length), random(0, "unused"));
  try {
    if (drawn.length > 0) {
      throw new InputError(
        `${folder} holds a BERT without a ${drawn.join(" and ")}; expected one that was trained to classify.`,
      );
    }
    const wordPiece = await loadFittingWordPiece(folder, config);
    const backbone = { ops: backend.ops, config, params };
    const shape = { config, numOutputs: Math.max(1, labels.length) };
    const model = { backbone, parts: await loadParts(folder, entry.parts, shape) };
    const recipe = (record?.recipe ?? {}) as Partial<Recipe>;
    const methodFor = entry.method(model, recipe, record?.selection ?? null);
    return {
      ...model,
      task: record && taskById(record.task),
      methodFor,
      method: methodFor(backbone),
      wordPiece,
      maxLength: Math.min(config.maxPositions, Number(record?.recipe.maxLength ?? config.maxPositions)),
      labels,
    };
  } catch (error) {
    disposeTree(params);
    throw error;
  }
}

/** Class names of a saved model; [] for a regression. Where Hugging Face leaves them out, there are two. */
async function labelsOf(folder: string): Promise<string[]> {
  const file = join(folder, "config.json");
  const text = await Deno.readTextFile(file).catch(() => {
    throw new InputError(`${file} cannot be read; expected the folder of a BERT classifier.`);
  });
  let id2label: unknown;
  try {
    id2label = JSON.parse(text)?.id2label ?? ["LABEL_0", "LABEL_1"];
  } catch (error) {
    throw new InputError(
      `${file} is not JSON (${visible((error as Error).message)}); expected a BERT's configuration.`,
    );
  }
  const labels = typeof id2label === "object" ? Object.values(id2label as object) : null;
  if (!labels?.every((label) => typeof label === "string")) {
    throw new InputError(`${file}: field "id2label" is no list of names; expected one per class.`);
  }
  return labels.length === 1 ? [] : labels;
}
