/** `deno task bench --front-ends N`: one notebook N times each way, with every core busy. */
import { benchFrontEnds } from "../bench/front_ends.ts";
import type { MeasuredFrontEnds } from "../bench/front_ends_table.ts";
import { InputError } from "../errors.ts";
import { findJupyter, jupyterVersion } from "../notebook/jupyter.ts";
import { type Execute, type FrontEnd, frontEnds, openFrontEnd } from "../notebook/mod.ts";
import { machine, versions } from "../runs/records/environment.ts";
import { projectRoot } from "./render.ts";
import { join } from "node:path";

/** It has every kind of output: texts, code, tables, training whose line is replaced, a figure. */
const notebook = "02_planner.ipynb";

/** What the benchmark finds in `rounds` rounds. Throws `InputError` for another text than a whole number, and without Jupyter. */
export async function measuredFrontEnds(
  rounds: string,
  say: (line: string) => void,
): Promise<MeasuredFrontEnds> {
  if (!/^[1-9]\d{0,3}$/.test(rounds)) {
    throw new InputError(`--front-ends takes the number of rounds, from 1 to 9999; found "${rounds}".`);
  }
  const ways: [FrontEnd, Execute][] = [];
  const env = { DPB_PROFILE: "smoke" }; // a lesson in seconds
  for (const frontEnd of frontEnds) {
    const execute = await openFrontEnd(frontEnd, projectRoot);
    ways.push([frontEnd, (options) => execute({ ...options, env })]);
  }
  const { cores } = machine();
  return {
    notebook,
    busy: cores,
    machine: machine(),
    deno: versions().deno,
    nbconvert: await nbconvertVersion(),
    frontEnds: await benchFrontEnds(ways, {
      notebook: join(projectRoot, "notebooks", notebook),
      rounds: Number(rounds),
      busy: cores,
      onRound: say,
    }),
  };
}

async function nbconvertVersion(): Promise<string> {
  const jupyter = await findJupyter(projectRoot);
  return (jupyter && await jupyterVersion(jupyter.command, "nbconvert")) ?? "unknown";
}
