/** Notebooks that do not end as they should. `reproduce` executes the project's, so each fault has a project of its own. */
import { join } from "node:path";
import { notebook, writeNotebook } from "../../notebook/mod.ts";
import type { Fault } from "./fault.ts";
import { ownProject } from "../own_project.ts";

/** A reproduction, as small as there is, of a project with this notebook. */
function broken(name: string, content: string[] | string, expects: RegExp[], options: string[] = []): Fault {
  return {
    group: "notebook",
    name,
    processOnly: "the notebooks are a project's; kernel_test.ts executes such ones in the tests",
    async make({ folder }) {
      const { project, entry } = await ownProject(folder), file = join(project, "notebooks", "broken.ipynb");
      if (typeof content === "string") await Deno.writeTextFile(file, content);
      else await writeNotebook(file, notebook(content.map((code) => ({ code }))));
      const small = ["--tasks", "sst-2", "--seeds", "0,", "--methods", "bert"];
      return { argv: ["reproduce", "--profile", "smoke", ...small, ...options], process: { entry } };
    },
    expects: [/broken\.ipynb/, ...expects],
    // The run before the notebook is whole, and so is the notebook up to its fault.
    leaves: /^(results[/\\]smoke|project[/\\]data)[/\\](?!.*(\.tmp|\.part|\.lock)$)/,
  };
}

/** The faults of this group. */
export const notebookFaults: Fault[] = [
  broken("a syntax error in a cell", ["const fine = 1;", "const x = 2;\nlet y = = 3;"], [
    /cell 2: SyntaxError: .*line 2/,
  ]),
  broken("an error in a cell", ['throw new RangeError("row 7");'], [/cell 1: RangeError: row 7/]),
  broken("a cell that hangs", ["const fine = 1;", "while (true) {}"], [/cell 2: .*still running/], [
    "--cell-minutes",
    "0.02",
  ]),
  broken("a kernel that dies", ["const fine = 1;", "Deno.exit(3);"], [
    /cell 2: The notebook kernel died \(exit code 3\)/,
  ]),
  broken("a kernel that is killed", ["const fine = 1;", 'Deno.kill(Deno.pid, "SIGKILL");'], [
    /cell 2: The notebook kernel died \(SIGKILL\)/,
  ]),
  broken("a cell that shows nothing", ["const show = () => {};", "if (Date.now() < 0) show(1);"], [
    /cell 2: the cell calls show\( but no output arrived/,
  ]),
  broken("a notebook that was cut short", '{"cells": [', [/JSON/]),
  broken("a notebook of an old format", '{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}', [
    /nbformat/,
  ]),
];
