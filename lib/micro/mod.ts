/** Generated text in GLUE's file formats; no model. */
export {
  smokeFiles,
  type SmokeOptions,
  smokeRows,
  type SmokeTask,
  smokeTasks,
  smokeVocabulary,
  writeSmokeGlue,
} from "./smoke.ts";
