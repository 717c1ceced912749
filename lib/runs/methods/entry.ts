/** What a run needs to know of its method. Every method has one such entry in this folder, listed in `mod.ts`. */
import type { Task } from "../../glue/mod.ts";
import type { MethodFor } from "../../methods/mod.ts";
import type { StageResult } from "../../train/mod.ts";
import type { RunRequest } from "../grid.ts";
import type { Model, PartMakers, PartShape } from "../models.ts";
import type { Recipe, Uses } from "../recipe.ts";
import type { RunRecord } from "../record.ts";
import type { Run } from "../run.ts";

/** How the model that is reported was chosen, on held-out rows: the record's field. */
export type Selection = RunRecord["selection"];

/** The stages that a run trained, by name. */
export type Stages = Record<string, StageResult>;

export interface MethodEntry {
  /** What `--method` calls it. */
  name: string;
  /** The settings that `--set` may change. */
  uses: Uses;
  /** Those of them that count under `recipe`, for record and hash; without it, all. */
  usesUnder?(recipe: Recipe): Uses;
  /** Why it cannot be done on a task, as the end of a sentence that its name begins; null where it can. */
  cannotDo?(task: Task): string | null;
  /** The run whose weights it starts from; null: the pre-trained backbone. */
  parent(request: RunRequest): RunRequest | null;
  /** Throws `InputError` for a recipe that a backbone of that shape cannot follow. */
  check?(recipe: Recipe, shape: PartShape): void;
  /** What it adds to the backbone that it starts from. */
  parts: PartMakers;
  /** Trains `model` in place. */
  train(run: Run, model: Model): Promise<Stages>;
  /** What of the stages or of the held-out rows chose the model as it is now. */
  select(run: Run, model: Model, stages: Stages): Promise<Selection>;
  /**
   * The trained model's gate and finish. `selection` is what `select` found; null where the record is gone. Throws
   * `InputError` where that is needed.
   */
  method(model: Model, recipe: Recipe, selection: Selection | null): MethodFor;
}
