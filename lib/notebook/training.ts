/** Training watched from a notebook: one line that is replaced while it runs and by the outcome at the end. */
import { progressDisplay } from "./show.ts";
import { stopButton } from "./stop_button.ts";

/** What the training loop reports after a step. */
export interface TrainingStep {
  stage: string;
  step: number;
  steps: number;
  loss: number;
  examplesPerSecond: number;
}

/** `stage 1: step 12 of 64, loss 0.693, 740 examples/s`. */
export function trainingLine({ stage, step, steps, loss, examplesPerSecond }: TrainingStep): string {
  return `${stage}: step ${step} of ${steps}, loss ${loss.toFixed(3)}, ${
    examplesPerSecond.toFixed(0)
  } examples/s`;
}

/** A progress display that is also the options of a training function. */
export interface TrainingProgress {
  /** For one stage (`trainStage`). */
  onProgress(step: TrainingStep): void;
  /** Whether the stop button was pressed since the display was started. */
  shouldStop(): boolean;
  /** Replaces the line for good, by any value that `show` takes. */
  finish(value: unknown): Promise<void>;
}

/** Starts a display for one training stage: `trainStage(..., progress)`, then `progress.finish(table)`. */
export function trainingProgress(now?: () => number): TrainingProgress {
  const display = progressDisplay(now);
  return {
    onProgress: (step) => void display.update(trainingLine(step)),
    shouldStop: stopButton(),
    finish: (value) => display.finish(value),
  };
}

/** As `trainingProgress` for whole runs, which report their name before the step (`ensureRuns`). */
export function runsProgress(now?: () => number) {
  const display = progressDisplay(now);
  return {
    onProgress: (run: string, step: TrainingStep) => void display.update(`${run}, ${trainingLine(step)}`),
    shouldStop: stopButton(),
    finish: (value: unknown) => display.finish(value),
  };
}
