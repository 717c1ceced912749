/** Generated text in GLUE's file formats, and text to pre-train on; no model. */
export {
  smokeFiles,
  type SmokeOptions,
  smokeRows,
  type SmokeTask,
  smokeTasks,
  smokeVocabulary,
  writeSmokeGlue,
} from "./smoke.ts";
export {
  type MicroOptions,
  microSeed,
  type MicroSplits,
  microSplits,
  type MicroTask,
  microTasks,
} from "./examples.ts";
export { microBalance } from "./balance.ts";
export type { Levels, MicroExample } from "./grammar.ts";
export { refuseOtherBytes } from "./owned.ts";
export { probe, type View, views } from "./leaks.ts";
export {
  curriculum,
  judgedRow,
  type PretextKind,
  pretextKinds,
  type PretextOptions,
  type PretextRow,
  trueRow,
} from "./pretext.ts";
export { showcase } from "./showcase.ts";
export { microVocabulary } from "./vocabulary.ts";
export { inputTokens, microDev, microFiles, type MicroSummary, writeMicroGlue } from "./write.ts";
