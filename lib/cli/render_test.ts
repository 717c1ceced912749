import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import { type Execute, notebook, writeNotebook } from "../notebook/mod.ts";
import { progressPrinter } from "./progress.ts";
import { executeNotebooks } from "./render.ts";

/** What `executeNotebooks` does with a front end that behaves like `execute`. */
async function executed(
  execute: Execute,
  stop = new AbortController().signal,
  printer = progressPrinter(),
): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    return await executeNotebooks(folder, execute, { env: { DPB_NOTE: "x" }, printer, jobs: 1, stop });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("executeNotebooks executes every notebook in the order of their names, with the environment it was given", async () => {
  const seen: string[] = [];
  const copies = await executed(async ({ notebook: path, output, env }) => {
    seen.push(`${path.split(/[\\/]/).at(-1)} ${env!.DPB_NOTE}`);
    await writeNotebook(output, notebook([]));
  });
  assert.equal(seen[0], "00_data.ipynb x");
  assert.deepEqual(seen, seen.toSorted());
  assert.equal(copies.length, seen.length);
});

Deno.test("executeNotebooks shows cells as passing lines, and says a line for each finished notebook", async () => {
  const passing: string[] = [], notes: string[] = [];
  const printer = {
    ...progressPrinter(),
    live: (line: string) => passing.push(line),
    note: (line: string) => notes.push(line),
  };
  const copies = await executed(
    async ({ output, onProgress }) => {
      for (const cell of [1, 2]) {
        onProgress!({ state: "finished", notebook: "x", cell, cells: 2, line: `[${cell}/2]` });
      }
      await writeNotebook(output, notebook([]));
    },
    undefined,
    printer,
  );
  assert.deepEqual(notes, copies.map((path) => `executed ${path.split(/[\\/]/).at(-1)}`));
  assert.deepEqual(passing, copies.flatMap(() => ["[1/2]", "[2/2]"]));
});

Deno.test("executeNotebooks ends with Stopped, whatever the stopped notebook says, and else with the notebook's error", async () => {
  const stop = new AbortController();
  const stopping: Execute = (options) => {
    stop.abort();
    assert.ok(options.stop!.aborted); // so that the front end hears it
    return Promise.reject(new InputError("01_backbone.ipynb, cell 7: Stopped: Stopped in stage 1"));
  };
  await assert.rejects(executed(stopping, stop.signal), {
    name: "Stopped",
    message: /^Stopped while rendering/,
  });
  const failing: Execute = () => Promise.reject(new InputError("01_backbone.ipynb, cell 1: Error: x"));
  await assert.rejects(executed(failing), {
    name: "InputError",
    message: "01_backbone.ipynb, cell 1: Error: x",
  });
});
