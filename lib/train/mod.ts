/** The training room: losses, schedules, AdamW, the loop with its checkpoints. Knows no model. */
export { type AdamW, adamW, applyGradients, disposeAdamW, type ParamGroup } from "./adamw.ts";
export { loadCheckpoint, restore, saveCheckpoint, type Snapshot, snapshot } from "./checkpoint.ts";
export { type Interruption, type PauseOptions, pauses, Stopped } from "./interruption.ts";
export { type LabelKind, taskLoss } from "./loss.ts";
export { type LoopOptions, runStage, type Stage, type StageResult, type StepLoss } from "./loop.ts";
export { linearSchedule, type Schedule } from "./schedule.ts";
export type { CurvePoint, Evaluation } from "./stage_state.ts";
