import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { type CodeCell, notebook, type Output, readNotebook, writeNotebook } from "./document.ts";
import type { CellProgress, ExecuteOptions } from "./execution.ts";
import { executeNotebook } from "./kernel.ts";

const notebooks = new URL("../../notebooks/", import.meta.url).pathname;

interface Executed {
  error?: InputError;
  cells: CodeCell[];
  text: string;
}

/** Executes a notebook of these code cells in a folder of its own below notebooks/, so that deno.json is found. */
async function executeCells(codes: string[], options: Partial<ExecuteOptions> = {}): Promise<Executed> {
  const folder = await Deno.makeTempDir({ dir: notebooks, prefix: ".tmp-kernel-" });
  try {
    const path = join(folder, "made.ipynb");
    const output = join(folder, "out", "made.ipynb");
    await writeNotebook(path, notebook(codes.map((code) => ({ code }))));
    const error = await executeNotebook({ notebook: path, output, ...options }).then(
      () => undefined,
      (error) => error,
    );
    if (error && !(error instanceof InputError)) throw error;
    const cells = (await readNotebook(output)).cells as CodeCell[];
    return { error, cells, text: await Deno.readTextFile(output) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function shown(outputs: Output[]): unknown[] {
  return outputs.map((output) => output.output_type === "display_data" ? output.data["text/plain"] : output);
}

Deno.test("executeNotebook collects show, console and errors of no one else, in order, without colours", async () => {
  const { error, cells } = await executeCells([
    `import { show } from "lib/notebook/show.ts";\nconst x: number = 3;`,
    `await show({ x });\nawait show("**bold**");`,
    `console.log("a");\nconsole.log("b");\nconsole.error("\\x1b[31mred\\x1b[0m");`,
  ]);
  assert.equal(error, undefined);
  assert.deepEqual(cells.map((cell) => cell.execution_count), [1, 2, 3]);
  assert.deepEqual(cells[0].outputs, []);
  assert.deepEqual(shown(cells[1].outputs), ["{ x: 3 }", "**bold**"]);
  assert.deepEqual(cells[2].outputs, [
    { output_type: "stream", name: "stdout", text: "a\nb\n" },
    { output_type: "stream", name: "stderr", text: "red\n" },
  ]);
});

Deno.test("executeNotebook loses none of twenty outputs shown in twenty cells and writes the same bytes again", async () => {
  const codes = Array.from({ length: 20 }, (_, at) => `await show(${at});`);
  const run = () => executeCells([`import { show } from "lib/notebook/show.ts";`, ...codes]);
  const [first, second] = [await run(), await run()];
  assert.equal(first.error, undefined);
  assert.deepEqual(
    first.cells.slice(1).map((cell) => shown(cell.outputs)),
    Array.from({ length: 20 }, (_, at) => [String(at)]),
  );
  assert.equal(first.text, second.text);
});

Deno.test("executeNotebook stops at the first error, names cell and error, and keeps the partial notebook", async () => {
  const { error, cells } = await executeCells([
    `console.log("before");`,
    `function read() {\n  throw new RangeError("bad data in row 7");\n}\nread();`,
    `console.log("never");`,
  ]);
  assert.equal(error?.message, "made.ipynb, cell 2: RangeError: bad data in row 7");
  assert.equal(cells[0].outputs.length, 1);
  const output = cells[1].outputs[0];
  assert.ok(output.output_type === "error" && output.ename === "RangeError");
  assert.deepEqual(cells[2].outputs, []);
  assert.equal(cells[2].execution_count, null);
});

Deno.test("executeNotebook says where a cell that does not compile is wrong", async () => {
  const { error, cells } = await executeCells([`const fine = 1;`, `const y = 2;\nlet x = = 3;`]);
  assert.equal(
    error?.message,
    "made.ipynb, cell 2: SyntaxError: Expression expected, in line 2 of the cell.",
  );
  assert.equal(cells[1].outputs[0].output_type, "error");
});

/** The outputs of each cell: texts of streams, else `error` with its text. */
function kept(cells: CodeCell[]): string[][] {
  return cells.map(({ outputs }) =>
    outputs.map((output) =>
      output.output_type === "stream" ? output.text : output.output_type === "error" ? output.evalue : "?"
    )
  );
}

Deno.test("executeNotebook reports a kernel that dies, a cell beyond its time limit and one that shows nothing, and keeps the cells before", async () => {
  const before = `console.log("before");`;
  const faults: [string, string][] = [
    ["Deno.exit(3);", "The notebook kernel died (exit code 3)."],
    ["while (true) {}", "The cell was still running after 0.2 s (its time limit)."],
    [
      "const show = () => {};\nif (Date.now() < 0) show(1);",
      "the cell calls show( but no output arrived. Await every show(...), and show something on every way through the cell.",
    ],
  ];
  for (const [code, why] of faults) {
    const cellTimeoutMs = code.startsWith("while") ? 200 : undefined;
    const { error, cells } = await executeCells([before, code, `console.log("never");`], { cellTimeoutMs });
    assert.equal(error?.message, `made.ipynb, cell 2: ${why}`);
    assert.deepEqual(kept(cells), [["before\n"], [why], []]);
  }
});

Deno.test({
  name: "executeNotebook that is stopped lets the cell hear it, ends there and keeps the copy",
  ignore: Deno.build.os === "windows", // no SIGINT can be sent to a child there
  fn: async () => {
    const stop = new AbortController();
    const { error, cells } = await executeCells([
      `import { progressDisplay, stopButton } from "lib/notebook/mod.ts";\nconsole.log("before");`,
      `const stop = stopButton(), progress = progressDisplay((() => {
  let now = 0;
  return () => now += 1000;
})());
await progress.update("step 1");
await progress.update("step 2");
while (!stop()) await new Promise((resolve) => setTimeout(resolve, 1));
throw new Error("state saved");`,
      `console.log("never");`,
    ], { stop: stop.signal, onProgress: ({ state }) => state === "updated" && stop.abort() });
    assert.equal(error?.message, "made.ipynb, cell 2: Error: state saved");
    assert.deepEqual(kept(cells), [["before\n"], ["?", "state saved"], []]);

    const early = await executeCells([`console.log("never");`], { stop: AbortSignal.abort() });
    assert.equal(early.error?.message, "made.ipynb, cell 1: stopped before this cell");
  },
});

Deno.test("executeNotebook prints progress by cell with the time left, updates of displays included", async () => {
  const seen: CellProgress[] = [];
  let clock = 0;
  const { cells } = await executeCells([
    `import { progressDisplay, show } from "lib/notebook/show.ts";`,
    `const progress = progressDisplay();
await progress.update("step 1");
await new Promise((resolve) => setTimeout(resolve, 300));
await progress.update("step 2");
await progress.finish("2 steps");`,
  ], { onProgress: (progress) => seen.push(progress), now: () => clock += 1000, env: { DPB_NOTE: "x" } });
  assert.deepEqual(cells[1].outputs.length, 1);
  assert.deepEqual(shown(cells[1].outputs), ["2 steps"]);
  assert.deepEqual(seen.map(({ state, line }) => `${state} ${line}`), [
    `started [1/2] made: import { progressDisplay, show } from "lib/notebook/show.ts"`,
    `finished [1/2] made: import { progressDisplay, show } from "lib/notebook/show.ts" … 1.0 s, about 1.0 s left`,
    `started [2/2] made: const progress = progressDisplay();`,
    `updated [2/2] made: const progress = progressDisplay(); … step 2`,
    `updated [2/2] made: const progress = progressDisplay(); … 2 steps`,
    `finished [2/2] made: const progress = progressDisplay(); … 1.0 s`,
  ]);
});
