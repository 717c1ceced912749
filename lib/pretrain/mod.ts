/** Pre-training of micro-GLUE's BERT on text of the tasks' grammars. */
export { type Phase, pretrain, type PretrainOptions, type PretrainSettings } from "./pretrain.ts";
export type { PretextScores } from "./evaluation.ts";
export { phasesOf, pretrainedShape, type PretrainRecipe, pretrainRecipe } from "./recipe.ts";
