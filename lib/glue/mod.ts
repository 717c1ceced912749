/** GLUE: tasks, reading, holding out, batches, metrics, predictions. */
export {
  type SplitFile,
  splitFile,
  type SplitName,
  submissionTasks,
  type Task,
  taskById,
  type TaskId,
  tasks,
} from "./tasks.ts";
export { type Example, parseSplit, type ReadOptions, readSplit, readSplitFile, type Split } from "./read.ts";
export { isAnswers, parseAnswers } from "./answers.ts";
export { type HoldOut, holdOut } from "./holdout.ts";
export { shuffledOrder } from "./shuffle.ts";
export {
  type Batch,
  collate,
  type EncodedExample,
  evalBatchRows,
  trainBatches,
  type TrainBatchOptions,
  trainBatchRows,
} from "./batches.ts";
export {
  accuracy,
  averageRanks,
  f1,
  matthews,
  pearson,
  type Scored,
  scoreMnli,
  scoreTask,
  spearman,
} from "./metrics.ts";
export { formatPrediction, leaderboardText, parseLeaderboard, parsePrediction } from "./predictions.ts";
export {
  checkSubmission,
  fillerNote,
  isFiller,
  type LeaderboardFile,
  leaderboardFiles,
  officialRows,
  submissionZip,
} from "./submission.ts";
