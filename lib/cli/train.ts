/**
 * `deno task train`: one run, one record.
 *
 * For programs that start it: `--progress json` prints events on stdout, one per line (`run_events.ts`), instead of lines
 * for people on stderr; with `--until-stdin-closes` it saves and stops when its stdin is closed, as on Ctrl-C.
 */
import { parseArgs } from "node:util";
import { configWith } from "../config.ts";
import { InputError } from "../errors.ts";
import { methodEntries } from "../runs/methods/mod.ts";
import type { RunRecord } from "../runs/records/record.ts";
import { trainRun } from "../runs/unit.ts";
import { backendFor } from "./backend.ts";
import { obtainInputs } from "./inputs.ts";
import { progressPrinter } from "./progress.ts";
import { eventPrinter, summaryOf } from "./run_events.ts";
import { stopSignal } from "./stop.ts";

/** What `--help` prints. */
export const usage =
  `deno task train --task ID [--profile smoke|micro|glue] [--method NAME] [--seed N] [--set KEY=VALUE] [--into FOLDER] [--fresh] [--progress text|json] [--until-stdin-closes]
  --task      e.g. mrpc
  --profile   size of the experiment
  --method    by default dpbert; ${methodEntries.map(({ name }) => name).join(", ")}
  --seed      by default 0
  --set       a setting of the recipe, e.g. targetRate=0.6; more than once for more of them
  --into      folder of the results
  --fresh     trains again what has a record
  --progress, --until-stdin-closes  for programs: events as JSON; ends when standard input does`;

/** `["targetRate=0.6"]` -> `{ targetRate: "0.6" }`. Throws `InputError` for text without "=". */
export function parseSettings(pairs: string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new InputError(`--set ${pair}: expected key=value.`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
}

/** `"3"` -> 3. Throws `InputError` for anything but a whole number that a file can be named by. */
export function parseSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InputError(`--seed ${text}: expected a whole number of at most nine digits.`);
}

function textPrinter() {
  const printer = progressPrinter();
  const finished = (record: RunRecord) => {
    const { score, meanExecutedLayers, numLayers, distinctPaths } = summaryOf(record);
    printer.note(
      `${record.task} ${record.method}: score ${score.toFixed(2)} at ${
        meanExecutedLayers.toFixed(2)
      } of ${numLayers} layers, ${distinctPaths} path(s)`,
    );
  };
  return { ...printer, finished };
}

/** Tells how the run goes in the `form` that `--progress` names. Throws `InputError` for another one. */
function printerOf(form: string) {
  if (form === "text") return textPrinter();
  if (form === "json") return eventPrinter();
  throw new InputError(`--progress ${form}: expected text or json.`);
}

/** See the file's first lines. */
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
      progress: { type: "string", default: "text" },
      "until-stdin-closes": { type: "boolean", default: false },
    },
  });
  const progress = printerOf(values.progress);
  const config = configWith({ profile: values.profile, into: values.into });
  if (!values.task) throw new InputError("train needs --task, e.g. --task mrpc.");
  const request = {
    profile: config.profile,
    task: values.task,
    method: values.method,
    settings: parseSettings(values.set),
    seed: parseSeed(values.seed),
  };
  await obtainInputs(request.profile, [request.task], config, progress);
  const backend = await backendFor(config, request, progress.note);
  const stop = stopSignal(console.error, values["until-stdin-closes"] ? Deno.stdin.readable : undefined);
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
  progress.finished(record);
  return 0;
}
