/** Pre-training of micro-GLUE's BERT on text of the tasks' grammars. */
export { pretrain, type PretrainSettings } from "./pretrain.ts";
export type { PretextScores } from "./evaluation.ts";
export { pretrainedShape, type PretrainRecipe, pretrainRecipe } from "./recipe.ts";
