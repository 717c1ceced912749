/** `deno task train`: one run, one record. */
import { parseArgs } from "node:util";
import { configWith } from "../config.ts";
import { InputError } from "../errors.ts";
import { trainRun } from "../runs/unit.ts";
import { backendFor } from "./backend.ts";
import { obtainInputs } from "./inputs.ts";
import { progressPrinter } from "./progress.ts";
import { stopSignal } from "./stop.ts";

/** `["targetRate=0.6"]` -> `{ targetRate: "0.6" }`. Throws `InputError` for text without "=". */
export function parseSettings(pairs: string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new InputError(`--set ${pair}: expected key=value.`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
}

/** See the file's first line. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: "string" },
      task: { type: "string" },
      method: { type: "string", default: "dpbert" },
      seed: { type: "string", default: "0" },
      set: { type: "string", multiple: true, default: [] },
      into: { type: "string" },
      fresh: { type: "boolean", default: false },
    },
  });
  const config = configWith({ DPB_PROFILE: values.profile, DPB_RESULTS: values.into });
  if (!values.task) throw new InputError("train needs --task, e.g. --task mrpc.");
  if (!/^\d{1,9}$/.test(values.seed)) {
    throw new InputError(`--seed ${values.seed}: expected a whole number of at most nine digits.`);
  }
  const request = {
    profile: config.profile,
    task: values.task,
    method: values.method,
    settings: parseSettings(values.set),
    seed: Number(values.seed),
  };
  const progress = progressPrinter();
  await obtainInputs(request.profile, [request.task], config, progress);
  const backend = await backendFor(config, request, progress.note);
  const stop = stopSignal();
  const record = await trainRun(request, {
    config,
    backend,
    results: config.results,
    now: () => performance.now(),
    shouldStop: stop.requested,
    onProgress: progress.step,
    onNote: progress.note,
    fresh: values.fresh,
  });
  progress.note(
    `${record.task} ${record.method}: score ${record.metrics.score.toFixed(2)} at ${
      record.path.meanExecutedLayers.toFixed(2)
    } of ${record.path.numLayers} layers, ${record.path.distinctPaths} path(s)`,
  );
  return 0;
}
