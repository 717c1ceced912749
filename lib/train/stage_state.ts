/** How far a stage is, in memory and in its checkpoint. */
import type { Leaf } from "../tensor/mod.ts";
import type { AdamW } from "./adamw.ts";
import { loadCheckpoint, saveCheckpoint, type Snapshot } from "./checkpoint.ts";
import { type PauseOptions, pauses } from "./interruption.ts";

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

/** What the checkpoint holds beside parameters. */
export interface Progress {
  /** Steps done. */
  step: number;
  curve: CurvePoint[];
  evaluations: Evaluation[];
  selected: Evaluation | null;
  /** Spent so far, over all interruptions. */
  seconds: number;
  /** What an evaluation of this step had done when it was interrupted. */
  evaluating: unknown;
}

/** A stage on its way. */
export interface StageState {
  progress: Progress;
  /** Parameters of `progress.selected`. */
  best: Snapshot | null;
  /** Between two pieces of work: saves when it is time, throws `Stopped` when the user asks for it. */
  pause(): Promise<void>;
  /** After the last one. */
  finish(): Promise<void>;
}

/** What is saved, and under which name its stage is spoken of. */
interface Saved {
  name: string;
  steps: number;
  leaves: Leaf[];
  optimizer: AdamW;
}

/**
 * The state of a stage where its checkpoint left off, its parameters restored; else at its beginning. A checkpoint
 * that cannot be used costs the stage, not the run: that is said, and the stage begins again.
 */
export async function openState(
  { name, steps, leaves, optimizer }: Saved,
  options: PauseOptions & { checkpointFile?: string; onNote?(text: string): void },
): Promise<StageState> {
  const { checkpointFile, now, onNote } = options;
  const saved = checkpointFile ? await loadCheckpoint(checkpointFile, leaves, optimizer) : null;
  if (saved && "unusable" in saved) onNote?.(`${saved.unusable} ${name} begins again.`);
  const usable = saved && "progress" in saved ? saved : null;
  const progress = usable ? usable.progress as Progress : beginning();
  const done = () => progress.step + progress.evaluations.length;
  let ticked = now(), doneInFile = usable ? done() : -1;
  const save = async () => {
    progress.seconds += (now() - ticked) / 1000;
    ticked = now();
    doneInFile = done();
    if (checkpointFile) await saveCheckpoint(checkpointFile, leaves, optimizer, state.best, progress);
  };
  const stopped = () =>
    `Stopped in ${name} after step ${progress.step} of ${steps}; ${
      checkpointFile
        ? "the same command (without --fresh; in a notebook, the same cell) continues from there."
        : "nothing of this stage is kept, so the same cell trains it from its beginning."
    }`;
  const state: StageState = {
    progress,
    best: usable?.best ?? null,
    pause: pauses(options, save, stopped),
    finish: async () => {
      if (doneInFile < done()) await save();
    },
  };
  return state;
}

function beginning(): Progress {
  return { step: 0, curve: [], evaluations: [], selected: null, seconds: 0, evaluating: null };
}
