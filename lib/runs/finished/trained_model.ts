/** The model that a finished run left behind, opened again. */
import { keyOf, type RunRequest } from "../grid/grid.ts";
import { entryOf, modelFolder, recipeOf } from "../methods/mod.ts";
import { freedOnError, hasModel, loadModel, loadParts, type Model, type TrainedModel } from "../models.ts";
import type { RunContext } from "../unfinished/run.ts";
import { findRecord } from "../records/store.ts";
import { numOutputs, type Sources } from "../sources/sources.ts";
import { openSources } from "../sources/task_data.ts";

/** The backbone and parts in `folder`, whose run had `method`. Throws `InputError` when the files do not fit. */
export async function openParts(
  folder: string,
  method: string,
  sources: Sources,
  { backend }: Pick<RunContext, "backend">,
): Promise<Model> {
  const { config } = sources;
  const backbone = { ops: backend.ops, config, params: await loadModel(folder, sources) };
  const shape = { config, numOutputs: numOutputs(sources.task) };
  return await freedOnError({ backbone, parts: {} }, async () => ({
    backbone,
    parts: await loadParts(folder, entryOf(method).parts, shape),
  }));
}

/** The model a finished run left behind, or null when its weights are gone. Throws `InputError` when they do not fit. */
export async function openModel(request: RunRequest, context: RunContext): Promise<TrainedModel | null> {
  const folder = modelFolder(context.results, request);
  if (!await hasModel(folder)) return null;
  const sources = await openSources(request.profile, request.task, context.config);
  const record = await findRecord(context.results, keyOf(request));
  const model = await openParts(folder, request.method, sources, context);
  return await freedOnError(model, () => {
    const entry = entryOf(request.method);
    const methodFor = entry.method(model, recipeOf(request), record?.selection ?? null);
    return Promise.resolve({ ...model, sources, methodFor, method: methodFor(model.backbone) });
  });
}
