/**
 * The training loop of every stage: steps, evaluations on held-out rows, selection, checkpoints. Knows no model; it is
 * given a loss and parameter groups.
 */
import { setImmediate } from "node:timers";
import { InputError } from "../errors.ts";
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
import { loadCheckpoint, restore, saveCheckpoint, type Snapshot, snapshot } from "./checkpoint.ts";

/** The scalar to minimise and named scalars to report beside it. */
export interface StepLoss {
  objective: Tensor;
  report: Record<string, Tensor>;
}

/** What an evaluation on held-out rows found. */
export interface Evaluation {
  step: number;
  score: number;
  /** Whether the model at this step may be selected (DPBERT: mean layers within the target). */
  eligible: boolean;
  [name: string]: number | boolean;
}

/** Numbers of one step, for the training curve. */
export type CurvePoint = { step: number } & Record<string, number>;

export interface Stage {
  name: string;
  steps: number;
  groups: ParamGroup[];
  /** Examples in a step, for the speed shown. */
  batchSize: number;
  /** The loss of a step, inside the tape. */
  loss(step: number): StepLoss;
  /** Scores the current parameters on held-out rows. */
  evaluate?(): Promise<Omit<Evaluation, "step">>;
  evaluateEvery?: number;
}

export interface LoopOptions {
  ops: Ops;
  /** Resume state; absent: nothing is saved. */
  checkpointFile?: string;
  /** Milliseconds from an arbitrary origin. */
  now(): number;
  /** End after so many steps although the schedule is longer (lessons). */
  lastStep?: number;
  /** Asked once a step; true: save and stop. */
  shouldStop?(): boolean;
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

/** The run was stopped by the user; its state is saved. */
export class Stopped extends InputError {
  override name = "Stopped";
}

/** At most this much work is lost when a run is killed (ms). */
const checkpointInterval = 60_000;
const curveEvery = 5;

interface Progress {
  step: number;
  curve: CurvePoint[];
  evaluations: Evaluation[];
  selected: Evaluation | null;
  seconds: number;
}

/**
 * Runs a stage to its end, from its checkpoint if there is one, and leaves the selected parameters in place: of the
 * eligible evaluations the best score (the earlier of equals); without one, the last step.
 * Throws `InputError` when the loss stops being a number and `Stopped` when `shouldStop` says so.
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
  const { ops, checkpointFile } = options;
  let progress: Progress = { step: 0, curve: [], evaluations: [], selected: null, seconds: 0 };
  let best: Snapshot | null = null;
  const saved = checkpointFile ? await loadCheckpoint(checkpointFile, leaves, optimizer) : null;
  if (saved) [progress, best] = [saved.progress as Progress, saved.best];

  let lastSaved = options.now(), lastTick = options.now();
  const save = async () => {
    progress.seconds += (options.now() - lastTick) / 1000;
    lastTick = options.now();
    if (checkpointFile) await saveCheckpoint(checkpointFile, leaves, optimizer, best, progress);
    lastSaved = options.now();
  };

  const steps = Math.min(stage.steps, options.lastStep ?? stage.steps);
  while (progress.step < steps) {
    const started = options.now();
    const numbers = await trainStep(stage, ops, optimizer, progress.step);
    progress.step++;
    const last = progress.step === steps;
    const seconds = (options.now() - started) / 1000;
    const evaluates = stage.evaluate && (last || progress.step % (stage.evaluateEvery ?? stage.steps) === 0);
    // Every evaluation has its point, so that a curve shows what selection saw.
    if ((progress.step - 1) % curveEvery === 0 || last || evaluates) {
      progress.curve.push({ step: progress.step, ...numbers });
    }
    if (evaluates && await isBest(stage, progress)) best = await snapshot(leaves);
    options.onProgress?.({
      stage: stage.name,
      step: progress.step,
      steps,
      loss: numbers.loss,
      examplesPerSecond: stage.batchSize / seconds,
    });
    // Lets signals and timers through: a step on a CPU backend is one long synchronous call.
    // An immediate takes microseconds, a timer of 0 ms takes one or two milliseconds.
    await new Promise((resume) => setImmediate(resume));
    const stop = options.shouldStop?.() ?? false;
    if (stop || last || options.now() - lastSaved >= checkpointInterval) await save();
    if (stop && !last) {
      throw new Stopped(
        `Stopped in ${stage.name} after step ${progress.step} of ${steps}; the same command continues from there.`,
      );
    }
  }
  if (best) restore(leaves, best);
  const { curve, evaluations, selected, seconds } = progress;
  return { curve, evaluations, selected, seconds };
}

/** Evaluates the current parameters; true if they are now the selected ones. */
async function isBest(stage: Stage, progress: Progress): Promise<boolean> {
  const evaluation = { step: progress.step, ...await stage.evaluate!() } as Evaluation;
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
    throw new InputError(
      `${stage.name}: ${wrong[0]} is ${wrong[1]} at step ${step + 1}. Lower its learning rate (--set ${
        stage.name.replace(" ", "")
      }.learningRate=...) or check the data; the last checkpoint is kept.`,
    );
  }
  return { ...numbers, loss: numbers.loss ?? objective[0] };
}
