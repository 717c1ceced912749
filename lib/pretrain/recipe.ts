/** The shape of micro-GLUE's BERT and how it is pre-trained, with the reasons. */
import { z } from "zod";
import type { BertConfig } from "../bert/mod.ts";
import { InputError } from "../errors.ts";
import { curriculum } from "../micro/mod.ts";
import type { Phase } from "./pretrain.ts";

const count = z.int().positive();
const weight = z.number().min(0);
const rate = z.number().positive().max(1);

const schema = z.strictObject({
  shallowLayers: count,
  factsSteps: z.int().min(0),
  storiesSteps: z.int().min(0),
  shallowSteps: z.int().min(0),
  shallowLearningRate: rate,
  steps: count,
  learningRate: rate,
  batchSize: count,
  warmup: z.number().min(0).max(1),
  weightDecay: weight,
  clipNorm: z.number().positive(),
  deviation: z.number().positive(),
  follows: weight,
  replaced: weight,
  rare: z.number().positive(),
  evaluations: count,
  evaluationRows: count,
  numLayers: count,
  hiddenSize: count,
  numHeads: count,
  intermediateSize: count,
});

/** Every setting of a pre-training. */
export type PretrainRecipe = z.infer<typeof schema>;

const micro: PretrainRecipe = {
  shallowLayers: 4,
  factsSteps: 2600,
  storiesSteps: 5000,
  shallowSteps: 5000, // 12 layers from random weights had not learned to find a word again after 8,000
  shallowLearningRate: 2e-3,
  steps: 9500,
  learningRate: 1e-3,
  batchSize: 32,
  warmup: 0.05,
  weightDecay: 0.01,
  clipNorm: 1,
  deviation: 0.05, // BERT's 0.02 is too small for a width of 64, 0.1 too large (our prototypes)
  follows: 1,
  replaced: 2, // the dense objective leads: next-sentence prediction alone starts only after 3 M tokens
  rare: 2,
  evaluations: 24,
  evaluationRows: 1024,
  numLayers: 12,
  hiddenSize: 64,
  numHeads: 4,
  intermediateSize: 128,
};

/** The recipe with `settings` laid over it. Throws `InputError` for a key that does not exist or a value out of range. */
export function pretrainRecipe(settings: Record<string, string | number>): PretrainRecipe {
  for (const key of Object.keys(settings)) {
    if (Object.hasOwn(micro, key)) continue;
    throw new InputError(
      `--set ${key}: there is no such setting; expected one of ${Object.keys(micro).join(", ")}.`,
    );
  }
  const given = Object.entries(settings).map(([key, value]) => [key, Number(value)]);
  const parsed = schema.safeParse({ ...micro, ...Object.fromEntries(given) });
  if (parsed.success) return parsed.data;
  const { path: [key], message } = parsed.error.issues[0];
  throw new InputError(`--set ${String(key)}=${settings[String(key)]}: ${message}.`);
}

/** The phases of a recipe: few layers learn facts, stories, then everything; then all layers do. */
export function phasesOf(recipe: PretrainRecipe): Phase[] {
  const { factsSteps, storiesSteps, shallowSteps, numLayers, steps, learningRate } = recipe;
  const shallow = {
    numLayers: Math.min(recipe.shallowLayers, numLayers),
    learningRate: recipe.shallowLearningRate,
  };
  const phases: Phase[] = [
    { name: "facts", ...shallow, steps: factsSteps, kinds: curriculum.facts },
    { name: "stories", ...shallow, steps: storiesSteps, kinds: curriculum.stories },
    { name: "shallow", ...shallow, steps: shallowSteps, kinds: curriculum.all },
    { name: "deep", numLayers, steps, learningRate, kinds: curriculum.all },
  ];
  return phases.filter(({ steps }) => steps > 0);
}

/** Positions: the longest input of micro-GLUE has 62 tokens. */
const maxPositions = 64;

/** The model of a recipe. Throws `InputError` where heads do not divide the width. */
export function pretrainedShape(recipe: PretrainRecipe, vocabSize: number): BertConfig {
  const { numLayers, hiddenSize, numHeads, intermediateSize } = recipe;
  if (hiddenSize % numHeads !== 0) {
    throw new InputError(
      `--set numHeads=${numHeads} does not divide hiddenSize ${hiddenSize}; choose one that does.`,
    );
  }
  return {
    vocabSize,
    hiddenSize,
    numLayers,
    numHeads,
    intermediateSize,
    maxPositions,
    numSegments: 2,
    layerNormEpsilon: 1e-12,
  };
}
