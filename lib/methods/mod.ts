/** The methods room: each method's gate, finish and training. */
export { bert } from "./bert.ts";
export { actionLogProbs, objective, type ObjectiveSettings, rewards } from "./dpbert/objective.ts";
export {
  dpbert,
  emptyTrace,
  plannedGate,
  type Planner,
  plannerLeaves,
  type PlanTrace,
  randomPlanner,
  sampledGate,
  softGate,
} from "./dpbert/plan.ts";
export { type GateKind, planned, type SoftSettings, trainSoft } from "./dpbert/soft.ts";
export {
  initialisePlanner,
  type PlannerInitSettings,
  reinforce,
  type ReinforcementSettings,
  type Sampling,
  seededSampling,
} from "./dpbert/stages.ts";
export { type ChosenExit, type ExitOutcome, exitsUnder, patienceFor, thresholdFor } from "./exits/choose.ts";
export { type OffRampSettings, trainOffRamps } from "./exits/deebert.ts";
export { exiting, exitLogits } from "./exits/exiting.ts";
export type { ExitInput } from "./exits/losses.ts";
export { type OffRamps, randomOffRamps } from "./exits/off_ramps.ts";
export { type JointSettings, trainJointly } from "./exits/pabee.ts";
export { byEntropy, byPaths, byPatience, type ExitRule } from "./exits/rules.ts";
export { fineTune, fineTuneFurther, type FineTuneSettings } from "./fine_tune.ts";
export { firstLayersPath, fixedPath } from "./fixed_path.ts";
export { givenPaths } from "./given_path.ts";
export { type MethodFor, type OpenInference, openInference } from "./open_inference.ts";
export { type Backbone, infer, type Inference, type Method, type Pass } from "./method.ts";
export { randomSubset, searchSubset } from "./static_subset.ts";
export {
  executedLayers,
  meanExecutedLayers,
  type Outcome,
  predictAll,
  predictionOf,
  type TrainingSet,
} from "./training_set.ts";
