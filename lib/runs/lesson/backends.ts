/**
 * The same training on four backends: 20 steps of every stage from the same parameters, with the actions that one
 * backend sampled taken by the others, and the paths that the trained model plans on all of them.
 */
import type { Config } from "../../config.ts";
import { type Sampling, seededSampling } from "../../methods/mod.ts";
import { type Backend, type BackendName, startBackend, webgpuAdapter } from "../../tensor/mod.ts";
import {
  type Lesson,
  lessonSeed,
  type LessonState,
  openLesson,
  type StageName,
  stageNames,
  trainStage,
} from "./lesson.ts";
import { lessonOutcome } from "./outcome.ts";
import {
  type DrawAgreement,
  drawAgreement,
  type RecordedActions,
  recording,
  replay,
} from "./recorded_actions.ts";

/** Steps of each stage that are compared. */
export const comparedSteps = 20;

/** A backend as it is compared. */
export interface BackendChoice {
  title: string;
  name: BackendName;
  usesBlas: boolean;
}

/** What the others are compared with: it runs wherever Deno does, and fast enough to train the model. */
export const referenceBackend: BackendChoice = { title: "wasm", name: "wasm", usesBlas: false };

/** The backends beside the reference. */
export const comparedBackends: readonly BackendChoice[] = [
  { title: "wasm + BLAS", name: "wasm", usesBlas: true },
  { title: "cpu", name: "cpu", usesBlas: false },
  { title: "webgpu", name: "webgpu", usesBlas: false },
];

/** `config` with the BLAS of a choice; one that wants a BLAS is not stopped by `DPB_BLAS=off`. */
function configFor({ usesBlas }: BackendChoice, config: Config): Config {
  return { ...config, blas: !usesBlas ? "off" : config.blas === "off" ? "auto" : config.blas };
}

/** `lesson` on another backend. */
function onBackend(lesson: Lesson, choice: BackendChoice): Lesson {
  return { ...lesson, backend: choice.name, config: configFor(choice, lesson.config) };
}

/** `choice` started, or why it cannot run here. */
export async function startChoice(choice: BackendChoice, config: Config): Promise<Backend | string> {
  if (choice.name === "webgpu" && !await webgpuAdapter()) return "no WebGPU adapter here";
  const backend = await startBackend(choice.name, configFor(choice, config));
  return choice.usesBlas && !backend.blas ? "no BLAS here" : backend;
}

interface WatchedStage {
  /** Of every step. */
  losses: number[];
  /** Parameters at the end. */
  state: LessonState;
  /** What the gates of stage 3 did; empty in the others. */
  actions: RecordedActions;
}

const ownSampling = ({ sources }: Lesson) => seededSampling(lessonSeed, sources.config.numLayers);

async function watchStage(
  lesson: Lesson,
  stage: StageName,
  state: LessonState | null,
  sampling: Sampling,
  steps?: number,
): Promise<WatchedStage> {
  const losses: number[] = [];
  const { recorded, ...watched } = recording(sampling, ownSampling(lesson));
  const onProgress = ({ loss }: { loss: number }) => void losses.push(loss);
  const run = await trainStage(lesson, stage, state, { steps, ...watched, onProgress });
  return { losses, state: run.state, actions: await recorded() };
}

/** What the reference backend did. */
export interface Reference {
  lesson: Lesson;
  stages: Record<StageName, WatchedStage & { before: LessonState | null }>;
  /** Planned paths of all dev rows after the last stage. */
  paths: string[];
}

/** Trains the smoke model of `task` on the reference backend, all stages in full, and records what it did. */
export async function recordReference(config: Config, task = "sst-2"): Promise<Reference> {
  const smoke = await openLesson({ ...config, profile: "smoke" }, task);
  const steps = { ...smoke.steps, stage2: comparedSteps };
  const lesson = onBackend({ ...smoke, steps }, referenceBackend);
  const stages = {} as Reference["stages"];
  let before: LessonState | null = null;
  for (const stage of stageNames) {
    const watched: WatchedStage = await watchStage(lesson, stage, before, ownSampling(lesson));
    stages[stage] = { ...watched, before };
    before = watched.state;
  }
  const { paths } = await lessonOutcome(lesson, stages.stage3.state, "dpbert");
  return { lesson, stages, paths };
}

/** Relative difference of the losses: at the last compared step, and the largest over all of them. */
export interface LossGap {
  last: number;
  largest: number;
}

/** A backend beside the reference, as plain numbers. */
export interface BackendComparison {
  backend: string;
  blas: string | null;
  adapter: string | null;
  gaps: Record<StageName, LossGap>;
  draws: DrawAgreement;
  devRows: number;
  /** Dev rows whose planned path is another one. */
  differentPaths: number;
}

/** A backend that was not compared, and why. */
export interface MissingBackend {
  backend: string;
  missing: string;
}

/** The reference's steps on another backend. */
export async function compareBackend(
  reference: Reference,
  choice: BackendChoice,
): Promise<BackendComparison | MissingBackend> {
  const lesson = onBackend(reference.lesson, choice);
  const backend = await startChoice(choice, lesson.config);
  if (typeof backend === "string") return { backend: choice.title, missing: backend };
  const gaps = {} as BackendComparison["gaps"];
  let actions: RecordedActions = [];
  for (const stage of stageNames) {
    const theirs = reference.stages[stage];
    const ours = await watchStage(lesson, stage, theirs.before, replay(theirs.actions), comparedSteps);
    gaps[stage] = lossGap(ours.losses, theirs.losses);
    actions = ours.actions;
  }
  const { paths } = await lessonOutcome(lesson, reference.stages.stage3.state, "dpbert");
  return {
    backend: choice.title,
    blas: backend.blas,
    adapter: backend.adapter,
    gaps,
    draws: drawAgreement(actions, reference.stages.stage3.actions),
    devRows: paths.length,
    differentPaths: paths.filter((path, row) => path !== reference.paths[row]).length,
  };
}

/** Gap of `losses` to as many of `reference`. */
export function lossGap(losses: number[], reference: number[]): LossGap {
  const gaps = losses.map((loss, step) => Math.abs(loss - reference[step]) / Math.abs(reference[step]));
  return { last: gaps.at(-1)!, largest: Math.max(...gaps) };
}

/** Every backend beside the reference; one that cannot run here says why. */
export async function compareBackends(
  config: Config,
  say: (line: string) => void = () => {},
): Promise<(BackendComparison | MissingBackend)[]> {
  say(`training the smoke model on ${referenceBackend.title}`);
  const reference = await recordReference(config);
  const rows = [];
  for (const choice of comparedBackends) {
    say(`${comparedSteps} steps of every stage on ${choice.title}`);
    rows.push(await compareBackend(reference, choice));
  }
  return rows;
}
