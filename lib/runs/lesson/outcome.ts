/** What a lesson's model makes of the dev rows: predictions, paths, and both beside how hard each row is. */
import { bert, dpbert, givenPaths, type Outcome, predictAll } from "../../methods/mod.ts";
import { type Lesson, lessonSeed, type LessonState, withModel } from "./lesson.ts";
import { shuffledPaths } from "../records/outcome.ts";

/** Dev predictions and paths of the lesson's model; without a state, of its fresh one. */
export function lessonOutcome(
  lesson: Lesson,
  state: LessonState | null,
  method: "bert" | "dpbert",
): Promise<Outcome> {
  return withModel(lesson, lesson.backend, state, ({ backbone, planner }) => {
    const run = method === "bert" ? bert(backbone) : dpbert(backbone, planner);
    return predictAll(backbone, lesson.sources.task.kind, lesson.data.dev, () => run);
  });
}

/** The same model once more, every input on the path that `outcome` gave another one: what planning is worth. */
export function shuffledOutcome(lesson: Lesson, state: LessonState, { paths }: Outcome): Promise<Outcome> {
  const dealt = shuffledPaths(paths, lessonSeed);
  return withModel(lesson, lesson.backend, state, ({ backbone }) => {
    const given = (rows: number[]) => givenPaths(backbone, () => rows.map((row) => dealt[row]));
    return predictAll(backbone, lesson.sources.task.kind, lesson.data.dev, given);
  });
}

/** A dev row of a classification as a model answered it. */
export interface AnsweredRow {
  level: number;
  isRight: boolean;
  /** 0/1 per layer. */
  path: string;
}

/** The rows of dev in their order, with what `outcome` says of each. */
export function answeredRows({ data, levels }: Lesson, { predictions, paths }: Outcome): AnsweredRow[] {
  return data.dev.map(({ label }, row) => ({
    level: levels[row],
    isRight: predictions[row] === label,
    path: paths[row],
  }));
}
