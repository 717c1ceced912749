/** One trial: a run's training and its choice on held-out rows, and nothing after that. No dev row is looked at. */
import { Diverged } from "../../errors.ts";
import { targetSlack } from "../../target_slack.ts";
import type { RunRequest } from "../grid/grid.ts";
import { withLock } from "../unfinished/lock.ts";
import { entryOf, type Selection, type Stages } from "../methods/mod.ts";
import { disposeModel } from "../models.ts";
import { openFolder } from "../unfinished/resume_state.ts";
import { checkpointFolder, lockFile, type Run, type RunContext } from "../unfinished/run.ts";
import { begun, readInputs, startOf } from "../unit.ts";
import type { Trial } from "./tuning.ts";

/** What the held-out rows say of a trial. */
type Findings = Pick<Trial, "heldOutScore" | "meanExecutedLayers" | "onTarget">;

/**
 * Trains `request` as `trainRun` would, and leaves nothing but what it found; stopped or killed, it is continued. What it
 * starts from is trained as a run of `context.results`, a folder for trials alone; nobody reads that run's scores. Throws as `trainRun`, but that a
 * training which diverges is a finding.
 */
export async function trainTrial(request: RunRequest, context: RunContext): Promise<Trial> {
  const inputs = await readInputs(request, context), folder = checkpointFolder(context.results, request);
  return await withLock(lockFile(context.results, request), async () => {
    await openFolder(folder);
    const run = await begun(inputs), { name, blas, simd } = context.backend;
    const found = await findings(run);
    await Deno.remove(folder, { recursive: true });
    return {
      settings: request.settings,
      recipeHash: run.hash,
      ...found,
      backend: name,
      blas,
      ...(simd ? { simd } : {}),
      provenance: run.provenance,
    };
  }, context);
}

async function findings(run: Run): Promise<Findings> {
  const entry = entryOf(run.request.method), model = await startOf(run);
  try {
    const { stages, selection: trained } = await entry.train(run, model);
    const selection = await entry.choose?.(run, model, trained) ?? trained;
    const { numLayers } = model.backbone.config;
    return exitFindings(run, selection, numLayers) ?? stageFindings(stages, selection);
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    run.context.onNote?.(`${run.name}: ${error.message}`);
    return { heldOutScore: null, meanExecutedLayers: null, onTarget: false };
  } finally {
    disposeModel(model);
  }
}

/**
 * Of a method whose inputs leave by entropy, at the threshold that it chose on the held-out rows. Patience moves in
 * whole exits, so trials would be compared at different layers: with it the exits' own scores count.
 */
function exitFindings({ recipe }: Run, { exit }: Selection, numLayers: number): Findings | null {
  if (exit === undefined || "patience" in (exit as object)) return null;
  const found = exit as Pick<Findings, "heldOutScore"> & { meanExecutedLayers: number };
  const { heldOutScore, meanExecutedLayers } = found;
  const onTarget = meanExecutedLayers / numLayers <= recipe.stage3.targetRate + targetSlack;
  return { heldOutScore, meanExecutedLayers, onTarget };
}

/** Of the evaluation that the last stage kept. */
function stageFindings(stages: Stages, { step, heldOutScore, onTarget }: Selection): Findings {
  const kept = Object.values(stages).at(-1)!.evaluations.find((evaluation) => evaluation.step === step);
  const layers = kept?.meanExecutedLayers;
  return {
    heldOutScore,
    meanExecutedLayers: typeof layers === "number" ? layers : null,
    onTarget: onTarget === true,
  };
}
