/** What the early exits share: their knob, given or chosen on held-out rows for a target rate. */
import { InputError } from "../../errors.ts";
import type { Task } from "../../glue/mod.ts";
import {
  byEntropy,
  byPaths,
  byPatience,
  exiting,
  exitLogits,
  exitsUnder,
  type MethodFor,
  patienceFor,
  randomOffRamps,
  thresholdFor,
} from "../../methods/mod.ts";
import type { LabelKind } from "../../train/mod.ts";
import type { Model, PartMakers } from "../models.ts";
import type { Recipe } from "../recipe.ts";
import type { Run } from "../unfinished/run.ts";
import type { OnPaths, Selection } from "./entry.ts";
import { setOf, stoppable } from "./training.ts";

/** The parts of a method with exits. */
export const offRampsPart: PartMakers = {
  offRamps: ({ config, numOutputs }, rng) =>
    randomOffRamps(config.numLayers, config.hiddenSize, numOutputs, rng),
};

/** Why a task's inputs cannot leave by entropy, if so: the end of a sentence. */
export const noEntropy = ({ kind, title }: Task): string | null =>
  kind === "regression"
    ? `leaves by the entropy of a prediction, which a regression does not have; leave ${title} out.`
    : null;

/** What lets an input leave. */
export type ExitBy = Recipe["exitBy"];

/** The setting that holds the knob of a rule. */
const knobOf = (by: ExitBy) => by === "entropy" ? "threshold" : "patience";

const ruleOf = (by: ExitBy, knob: number, kind: LabelKind) =>
  by === "entropy" ? byEntropy(knob) : byPatience(knob, kind);

/**
 * Adds to `trained` as `exit` the knob and what it gives on the held-out rows: the one that the recipe names or, for
 * `target`, the one whose mean layers there lie nearest to the target rate.
 */
export async function chooseExit(
  run: Run,
  { backbone, parts }: Model,
  by: ExitBy,
  trained: Selection,
): Promise<Selection> {
  const { kind, heldOut, score } = setOf(run), { recipe } = run, name = knobOf(by), given = recipe[name];
  const message = `Stopped while choosing the ${name}; the same command chooses it again.`;
  const exits = await exitLogits(backbone, parts.offRamps!, kind, heldOut, stoppable(run, message));
  const wanted = recipe.stage3.targetRate * backbone.config.numLayers;
  const chosen = by === "entropy" ? thresholdFor(exits, wanted) : patienceFor(exits, wanted, kind);
  const knob = given === "target" ? chosen.knob : given;
  const { predictions, meanLayers } = exitsUnder(ruleOf(by, knob, kind), exits, kind);
  const rule = given === "target"
    ? `the ${name} whose mean layers lie nearest to ${recipe.stage3.targetRate} of all`
    : `the ${name} that was given`;
  const heldOutScore = score(predictions, heldOut.map(({ label }) => label!));
  return { ...trained, exit: { rule, [name]: knob, heldOutScore, meanExecutedLayers: meanLayers } };
}

/** The trained model under the knob that `selection` holds. Throws `InputError` without one. */
export function exitingBy(
  { parts }: Model,
  by: ExitBy,
  kind: LabelKind,
  selection: Selection | null,
): MethodFor {
  const chosen = selection?.exit as Record<string, unknown> | undefined, knob = chosen?.[knobOf(by)];
  if (typeof knob !== "number") {
    throw new InputError(`This model's record is gone, which says its ${knobOf(by)}; train it again.`);
  }
  const rule = ruleOf(by, knob, kind);
  return (backbone) => exiting(backbone, parts.offRamps!, rule);
}

/** The trained model with every input leaving after as many layers as a given path executes. */
export const leavingOnPaths = ({ backbone, parts }: Model): OnPaths => (paths) =>
  exiting(backbone, parts.offRamps!, byPaths(paths));

/** The kind of labels that a head of that shape was trained on. */
export const kindOf = ({ backbone }: Model): LabelKind =>
  backbone.params.classifier.weight.shape[0] === 1 ? "regression" : "classification";

/** The names of stage 3's settings that count: the target rate where it chooses, the steps where they are asked for. */
export function ofStage3(usesTarget: boolean, usesSteps: boolean): string[] {
  return [...usesTarget ? ["targetRate"] : [], ...usesSteps ? ["steps"] : []];
}
