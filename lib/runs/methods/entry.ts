/** What a run needs to know of its method. Every method has one such entry in this folder, listed in `mod.ts`. */
import type { BertConfig } from "../../bert/mod.ts";
import type { Task } from "../../glue/mod.ts";
import type { Method, MethodFor } from "../../methods/mod.ts";
import type { StageResult } from "../../train/mod.ts";
import type { RunRequest } from "../grid/grid.ts";
import type { Model, PartMakers } from "../models.ts";
import type { Recipe, Uses } from "../recipe.ts";
import type { RunRecord } from "../records/record.ts";
import type { Run } from "../unfinished/run.ts";
import type { SearchSpace } from "./search.ts";

/** How the model that is reported was chosen, on held-out rows: the record's field. */
export type Selection = RunRecord["selection"];

/** The stages that a run trained, by name. */
export type Stages = Record<string, StageResult>;

/** What a training ends in. */
export interface TrainingEnd {
  stages: Stages;
  selection: Selection;
}

/** Makes a method of one path per row of a batch. */
export type OnPaths = (paths: string[]) => Method;

export interface MethodEntry {
  /** What `--method` calls it. */
  name: string;
  /** The settings that `--set` may change. */
  uses: Uses;
  /** Those of them that count under `recipe`, for record and hash; without it, all. */
  usesUnder?(recipe: Recipe): Uses;
  /** Keys of settings that count after training only: runs that differ in nothing else share one training. */
  afterTraining?: readonly string[];
  /** Where `tune` looks for better settings of its training. */
  search: SearchSpace;
  /** Why it cannot be done on a task, as the end of a sentence that its name begins; null where it can. */
  cannotDo?(task: Task, recipe: Recipe): string | null;
  /** Throws `InputError` for a recipe that a backbone of that shape cannot follow. */
  check?(recipe: Recipe, config: BertConfig): void;
  /** The run whose weights a training starts from; null: the pre-trained backbone. */
  parent(request: RunRequest): RunRequest | null;
  /** Runs beside its parent whose models its training looks at; none unless given. */
  others?(request: RunRequest): RunRequest[];
  /** What it adds to the backbone that it starts from. */
  parts: PartMakers;
  /** Trains `model` in place. */
  train(run: Run, model: Model): Promise<TrainingEnd>;
  /** Chooses on held-out rows what the recipe leaves open, and adds it to what the training selected. */
  choose?(run: Run, model: Model, trained: Selection): Promise<Selection>;
  /**
   * The trained model's gate and finish. `recipe` may be that of a record, which keeps the settings that count, or of none
   * where the model is from elsewhere. `selection` is that of the record; null where that is gone. Throws `InputError`
   * where it is needed.
   */
  method(model: Model, recipe: Partial<Recipe>, selection: Selection | null): MethodFor;
  /**
   * Where each input takes a path of its own: the trained model on paths that are given, in the order of a batch's rows.
   * The record then has controls that say whether that matters.
   */
  onPaths?(model: Model, recipe: Recipe): OnPaths | null;
}
