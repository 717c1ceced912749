/**
 * The training loop of every stage: steps, evaluations on held-out rows, selection, checkpoints. Knows no model; it is
 * given a loss and parameter groups.
 */
import { Diverged } from "../errors.ts";
import {
  detach,
  dispose,
  keep,
  type Leaf,
  type Ops,
  read,
  type Tensor,
  tidy,
  valueAndGradients,
} from "../tensor/mod.ts";
import { type AdamW, adamW, applyGradients, disposeAdamW, type ParamGroup } from "./adamw.ts";
import { restore, snapshot } from "./checkpoint.ts";
import type { Interruption } from "./interruption.ts";
import {
  type CurvePoint,
  type Evaluation,
  openState,
  type Progress,
  type StageState,
} from "./stage_state.ts";

/** The scalar to minimise and named scalars to report beside it. */
export interface StepLoss {
  objective: Tensor;
  report: Record<string, Tensor>;
}

export interface Stage {
  name: string;
  steps: number;
  groups: ParamGroup[];
  /** Examples in a step, for the speed shown. */
  batchSize: number;
  /** The loss of a step, inside the tape. */
  loss(step: number): StepLoss;
  /** Scores the current parameters on held-out rows; a long one lets itself be interrupted. */
  evaluate?(interruption: Interruption): Promise<Omit<Evaluation, "step">>;
  evaluateEvery?: number;
}

export interface LoopOptions {
  ops: Ops;
  /** Resume state; absent: nothing is saved. */
  checkpointFile?: string;
  /** Milliseconds of work that a kill may cost; a minute. */
  checkpointEvery?: number;
  /** Milliseconds from an arbitrary origin. */
  now(): number;
  /** End after so many steps although the schedule is longer (lessons); nothing is evaluated there. */
  lastStep?: number;
  /** Steps from one point of the curve to the next; 5. */
  curveEvery?: number;
  /** Asked after every step; true: save and stop. */
  shouldStop?(): boolean;
  onNote?(text: string): void;
  onProgress?(
    progress: { stage: string; step: number; steps: number; loss: number; examplesPerSecond: number },
  ): void;
}

export interface StageResult {
  curve: CurvePoint[];
  evaluations: Evaluation[];
  /** The evaluation whose parameters were kept; null: the last step's. */
  selected: Evaluation | null;
  /** Seconds spent, over all interruptions. */
  seconds: number;
}

/**
 * Runs a stage to its end, from its checkpoint if there is one, and leaves the selected parameters in place: of the
 * eligible evaluations the best score (the earlier of equals); without one, the last step.
 * Throws `Diverged` when the loss stops being a number and `Stopped` when `shouldStop` says so.
 */
export async function runStage(stage: Stage, options: LoopOptions): Promise<StageResult> {
  const leaves = stage.groups.flatMap((group) => group.leaves);
  const optimizer = adamW(stage.groups);
  try {
    return await run(stage, options, leaves, optimizer);
  } finally {
    disposeAdamW(optimizer);
  }
}

async function run(
  stage: Stage,
  options: LoopOptions,
  leaves: Leaf[],
  optimizer: AdamW,
): Promise<StageResult> {
  const steps = Math.min(stage.steps, options.lastStep ?? stage.steps);
  const state = await openState({ name: stage.name, steps, leaves, optimizer }, options);
  const { progress } = state, { curveEvery = 5 } = options;
  const isEvaluated = ({ step }: Progress) =>
    stage.evaluate && step > 0 &&
    (step === stage.steps || step % (stage.evaluateEvery ?? stage.steps) === 0);
  for (;;) {
    // First, because a run may have ended between a step and its evaluation.
    if (isEvaluated(progress) && progress.evaluations.at(-1)?.step !== progress.step) {
      if (await isBest(stage, state)) state.best = await snapshot(leaves);
    }
    if (progress.step >= steps) break;
    const started = options.now();
    const numbers = await trainStep(stage, options.ops, optimizer, progress.step);
    progress.step++;
    const seconds = (options.now() - started) / 1000;
    // Every evaluation has its point, so that a curve shows what selection saw.
    if ((progress.step - 1) % curveEvery === 0 || progress.step === steps || isEvaluated(progress)) {
      progress.curve.push({ step: progress.step, ...numbers });
    }
    options.onProgress?.({
      stage: stage.name,
      step: progress.step,
      steps,
      loss: numbers.loss,
      examplesPerSecond: stage.batchSize / seconds,
    });
    await state.pause();
  }
  await state.finish();
  if (state.best) restore(leaves, state.best);
  const { curve, evaluations, selected, seconds } = progress;
  return { curve, evaluations, selected, seconds };
}

/** Evaluates the current parameters; true if they are now the selected ones. */
async function isBest(stage: Stage, { progress, pause }: StageState): Promise<boolean> {
  const between = (done: unknown) => {
    progress.evaluating = done;
    return pause();
  };
  const found = await stage.evaluate!({ done: progress.evaluating, between });
  const evaluation = { step: progress.step, ...found } as Evaluation;
  progress.evaluating = null;
  progress.evaluations.push(evaluation);
  if (!evaluation.eligible || evaluation.score <= (progress.selected?.score ?? -Infinity)) return false;
  progress.selected = evaluation;
  return true;
}

/** One step: loss, gradients, update. Returns the reported numbers. */
async function trainStep(
  stage: Stage,
  ops: Ops,
  optimizer: AdamW,
  step: number,
): Promise<Record<string, number> & { loss: number }> {
  const leaves = stage.groups.flatMap((group) => group.leaves);
  let report: Record<string, Tensor> = {};
  const { value, gradients } = valueAndGradients(() => {
    const loss = stage.loss(step);
    report = Object.fromEntries(Object.entries(loss.report).map(([name, x]) => [name, keep(detach(x))]));
    return loss.objective;
  }, leaves.map((leaf) => leaf.param));
  const reached = new Map<string, Tensor>();
  leaves.forEach(({ path }, i) => gradients[i] && reached.set(path, gradients[i]));
  tidy(() => applyGradients(ops, optimizer, step, reached));
  const names = Object.keys(report);
  const [objective, ...values] = await Promise.all([value, ...Object.values(report)].map(read));
  dispose([value, ...Object.values(report), ...reached.values()]);
  const numbers = Object.fromEntries(names.map((name, i) => [name, values[i][0]]));
  const wrong = Object.entries({ objective: objective[0], ...numbers }).find(([, x]) => !Number.isFinite(x));
  if (wrong) {
    throw new Diverged(
      `${stage.name}: ${wrong[0]} is ${wrong[1]} at step ${step + 1}. Lower its learning rate (--set ${
        stage.name.replace(" ", "")
      }.learningRate=...) or check the data; the last checkpoint is kept.`,
    );
  }
  return { ...numbers, loss: numbers.loss ?? objective[0] };
}
