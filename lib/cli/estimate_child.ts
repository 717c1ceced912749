/**
 * Measures for `estimate.ts`, in a process like those that train: takes its questions as JSON and prints what it finds as it
 * finds it, a line of JSON each, until its parent has heard enough.
 */
import { readConfig } from "../config.ts";
import { InputError } from "../errors.ts";
import { holdOut } from "../glue/mod.ts";
import { kindOf, type TaskSize } from "../runs/schedule/estimate.ts";
import { meanTokens, secondsPerRow } from "../runs/schedule/first_steps.ts";
import type { RunRequest } from "../runs/grid/grid.ts";
import { recipeOf, trainingOf } from "../runs/methods/mod.ts";
import { encodeExamples, openSources, readSplits } from "../runs/sources/task_data.ts";
import { startBackend } from "../tensor/mod.ts";
import type { Finding, Questions } from "./estimate.ts";

/** Rows whose length stands for all; they are as the rows come, in no order. */
const sampled = 500;

const { kinds, tasks, scratch }: Questions = JSON.parse(Deno.args[0]);
const config = readConfig(), now = () => performance.now();
const [first] = kinds, { maxLength } = recipeOf(first);
const say = (finding: Finding) => console.log(JSON.stringify(finding));

const backend = await startBackend(config.backend === "auto" ? "wasm" : config.backend, config);
const startedMs = now(); // of this process, as long as that of any run

async function read(task: string) {
  const began = now(), sources = await openSources(first.profile, task, config);
  const [train, dev] = await readSplits(sources), readMs = now() - began;
  const encode = () => encodeExamples(sources.wordPiece, train.examples.slice(0, sampled), maxLength);
  const rows = encode(), encoding = now();
  encode(); // the first time it is compiled, too
  const encodeMs = (now() - encoding) * (train.examples.length + dev.examples.length) / rows.length;
  const held = holdOut(train.examples, first.seed);
  const size: TaskSize = {
    train: held.train.length,
    heldOut: held.heldOut.length,
    dev: dev.examples.length,
    tokens: meanTokens(rows),
    startSeconds: (startedMs + readMs + encodeMs) / 1000,
  };
  say({ task, size });
  return { sources, rows };
}

const { sources, rows } = await read(tasks[0]);
const measure = async (request: RunRequest) => {
  const training = { ...trainingOf(request), task: tasks[0] };
  try {
    const perRow = await secondsPerRow(training, { sources, rows, backend, config, results: scratch, now });
    say({ kind: kindOf(request), seconds: perRow });
  } catch (error) {
    if (!(error instanceof InputError)) throw error; // not on this task, or not so: its run will say why
  }
};
const leading = [...Map.groupBy(kinds, ({ method }) => method).values()].map(([request]) => request);
// The parent may end this at any time, so what tells most comes first.
for (const request of leading) await measure(request);
for (const task of tasks.slice(1)) await read(task);
for (const request of kinds) if (!leading.includes(request)) await measure(request);
