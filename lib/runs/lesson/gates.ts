/** The lesson of section 4.7: one stage 1, then gates trained by sampling and gates trained softly, side by side. */
import { type GateKind, meanExecutedLayers, planned, predictAll } from "../../methods/mod.ts";
import { disposeTree, leaves } from "../../tensor/mod.ts";
import { restore, snapshot } from "../../train/mod.ts";
import { committedResults } from "../ensure.ts";
import { finishedRuns } from "../finished/finished.ts";
import type { RunRequest } from "../grid/grid.ts";
import {
  type Lesson,
  lessonSeed,
  type LessonState,
  type StageName,
  type StageRunOptions,
  stateOf,
  trainStage,
  withModel,
} from "./lesson.ts";
import { type GateSpread, gateSpreads, watchPlannedPass } from "./views.ts";
import { hasModel, loadModel } from "../models.ts";
import { checkpointFolder } from "../unfinished/run.ts";
import { trainingSet } from "../sources/task_data.ts";

/** Steps on micro rows: both third stages together take less than two minutes on one core. */
export const sideBySideSteps: Record<StageName, number> = { stage1: 300, stage2: 60, stage3: 200 };

/** Where a lesson goes on from. */
export interface Stage1 {
  state: LessonState;
  /** Whose it is, for captions: a whole run's, or the lesson's own of few steps. */
  title: string;
}

/**
 * Stage 1 of the lesson's task: as a finished run of `bert` left it here or beside the reference results, from the same
 * recipe, rows and BERT; where there is none, the lesson's own, trained now.
 */
export async function openStage1(
  lesson: Lesson,
  options: Pick<StageRunOptions, "onProgress" | "shouldStop"> = {},
): Promise<Stage1> {
  for (const results of [lesson.config.results, committedResults]) {
    const folder = await savedStage1(lesson, results);
    if (folder) return { state: await stateIn(folder, lesson), title: "stage 1 of a whole run" };
  }
  const { state } = await trainStage(lesson, "stage1", null, options);
  return { state, title: `stage 1 of ${lesson.steps.stage1} steps` };
}

/** The folder of the weights that stage 1 left in `results`, if they still count. */
async function savedStage1(lesson: Lesson, results: string): Promise<string | null> {
  const { profile, sources: { task }, config } = lesson;
  const request: RunRequest = { profile, task: task.id, method: "bert", settings: {}, seed: lessonSeed };
  const record = await finishedRuns({ config, results })(request),
    folder = checkpointFolder(results, request);
  return record && await hasModel(folder) ? folder : null;
}

/** The backbone in `folder` with a fresh planner. */
function stateIn(folder: string, lesson: Lesson): Promise<LessonState> {
  return withModel(lesson, lesson.backend, null, async (model) => {
    const params = await loadModel(folder, lesson.sources);
    restore(leaves(model.backbone.params), await snapshot(leaves(params)));
    disposeTree(params);
    return await stateOf(model);
  });
}

/** Dev score, 0-100, and mean executed layers. */
export interface GateOutcome {
  score: number;
  layers: number;
}

/** The same weights under every kind of gates. */
export function scoresUnderGates(lesson: Lesson, state: LessonState): Promise<Record<GateKind, GateOutcome>> {
  const { sources, data } = lesson, { kind, score } = trainingSet(sources, data);
  const labels = data.dev.map(({ label }) => label!);
  return withModel(lesson, lesson.backend, state, async ({ backbone, planner }) => {
    const under = async (gates: GateKind): Promise<GateOutcome> => {
      const method = planned(backbone, planner, gates);
      const { predictions, paths } = await predictAll(backbone, kind, data.dev, () => method);
      return { score: score(predictions, labels), layers: meanExecutedLayers(paths) };
    };
    return {
      soft: await under("soft"),
      thresholded: await under("thresholded"),
      sampled: await under("sampled"),
    };
  });
}

/** What the gates say of the dev inputs where they decide hard. */
export function spreadsOnDev(lesson: Lesson, state: LessonState): Promise<GateSpread[]> {
  return withModel(
    lesson,
    lesson.backend,
    state,
    async ({ backbone, planner }) => gateSpreads(await watchPlannedPass(backbone, planner, lesson.data.dev)),
  );
}
