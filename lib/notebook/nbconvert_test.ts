import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.ts";
import { type CodeCell, notebook, readNotebook, writeNotebook } from "./document.ts";
import type { ExecuteOptions } from "./execution.ts";
import { findJupyter } from "./jupyter.ts";
import { executeNotebook } from "./kernel.ts";
import { executeWithJupyter } from "./nbconvert.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const jupyter = await findJupyter(root);
const windows = Deno.build.os === "windows";

interface Executed {
  error?: InputError;
  cells: CodeCell[];
  /** Of the copy. */
  text: string;
  progress: string[];
}

type Way = (options: ExecuteOptions) => Promise<void>;

/** Executes a notebook of these code cells below notebooks/, so that deno.json is found. */
async function executed(way: Way, codes: string[], options: Partial<ExecuteOptions> = {}): Promise<Executed> {
  const folder = await Deno.makeTempDir({ dir: join(root, "notebooks"), prefix: ".tmp-nbconvert-" });
  try {
    const [path, output] = [join(folder, "made.ipynb"), join(folder, "out", "made.ipynb")];
    const made = notebook(codes.map((code) => ({ code })));
    const last = made.cells.at(-1) as CodeCell;
    last.outputs.push({ output_type: "stream", name: "stdout", text: "of an earlier run\n" });
    await writeNotebook(path, made);
    const progress: string[] = [];
    const onProgress = ({ state, cell, cells }: { state: string; cell: number; cells: number }) => {
      progress.push(`${state} ${cell}/${cells}`);
    };
    const error = await way({ notebook: path, output, onProgress, ...options }).then(
      () => undefined,
      (e) => e,
    );
    if (error && !(error instanceof InputError)) throw error;
    const cells = (await readNotebook(output)).cells as CodeCell[];
    return { error, cells, text: await Deno.readTextFile(output), progress };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const withJupyter: Way = (options) => executeWithJupyter(jupyter!, options);

Deno.test({
  name: "executeWithJupyter writes the bytes that the kernel client writes, for every kind of output",
  ignore: !jupyter,
  fn: async () => {
    const codes = [
      `import { progressDisplay, show } from "lib/notebook/mod.ts";`,
      `console.log("a");\nconsole.error("\\x1b[31mred\\x1b[0m");\nawait show({ x: 3 });\nawait show("**b**\\nä €");`,
      "",
      `const spec = { data: [{ type: "scatter", x: [1, 2.5], y: [1e-7, 3] }], layout: {} };
await show({ name: "f", caption: "Two points.", width: 200, height: 100, spec });`,
      `const progress = progressDisplay();\nawait progress.update("step 1");\nawait progress.finish({ steps: 1 });`,
    ];
    const [ours, jupyters] = [await executed(executeNotebook, codes), await executed(withJupyter, codes)];
    assert.deepEqual([ours.error, jupyters.error], [undefined, undefined]);
    assert.equal(jupyters.text, ours.text);
    assert.deepEqual(jupyters.cells.map((cell) => cell.outputs.length), [0, 4, 0, 2, 1]);
    assert.deepEqual(jupyters.progress, ours.progress.filter((line) => !line.startsWith("updated")));
  },
});

/** A first cell whose output nbconvert does not miss. */
const before = `import { show } from "lib/notebook/show.ts";\nawait show("before");`;

const outputTypes = ({ cells }: Executed) =>
  cells.map((cell) => cell.outputs.map((output) => output.output_type));

Deno.test({
  name: "executeWithJupyter stops at the first error with one sentence and keeps the partial notebook",
  ignore: !jupyter,
  fn: async () => {
    const failing = `function read() {\n  throw new RangeError("bad data in row 7");\n}\nread();`;
    const made = await executed(withJupyter, [before, failing, `console.log(3);`]);
    assert.equal(made.error?.message, "made.ipynb, cell 2: RangeError: bad data in row 7");
    assert.deepEqual(made.cells.map((cell) => cell.execution_count), [1, 2, null]);
    assert.deepEqual(outputTypes(made), [["display_data"], ["error"], []]); // also nothing of an earlier run
  },
});

Deno.test({
  name: "executeWithJupyter ends a notebook that is stopped, and names the cell",
  ignore: !jupyter || windows,
  fn: async () => {
    const stop = new AbortController();
    const waiting = `await new Promise(() => setInterval(() => {}, 1000));`;
    const stopped = await executed(withJupyter, [before, waiting], {
      stop: stop.signal,
      onProgress: ({ state, cell }) => state === "started" && cell === 2 && stop.abort(),
    });
    assert.equal(stopped.error!.message, "made.ipynb, cell 2: stopped in this cell");
    assert.deepEqual(outputTypes(stopped), [["display_data"], ["error"]]);
  },
});

/** Executes `codes` with a program in Jupyter's place: it gets through `done` cells, saves them, says `stderr` and fails. */
async function failing(codes: string[], done: CodeCell[], stderr: string): Promise<Executed> {
  const folder = await Deno.makeTempDir();
  try {
    const [command, partial] = [join(folder, "jupyter"), join(folder, "partial.ipynb")];
    await writeNotebook(partial, { ...notebook([]), cells: done });
    await Deno.writeTextFile(join(folder, "stderr"), stderr);
    const says = done.map((_, at) => `started ${at + 1}\nfinished ${at + 1}\n`).join("");
    const next = done.length < codes.length && stderr.includes("nbclient")
      ? `started ${done.length + 1}`
      : "";
    const script =
      `cp "${partial}" "$NBCONVERT_PARTIAL"; echo "${says}${next}"; cat "${folder}/stderr" >&2; exit 1`;
    await Deno.writeTextFile(command, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return await executed((options) => executeWithJupyter({ command, env: {} }, options), codes, {
      cellTimeoutMs: 1000,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name:
    "executeWithJupyter makes one sentence of nbconvert's tracebacks and names the cell, or the notebook alone",
  ignore: windows,
  fn: async () => {
    const [first] = notebook([{ code: "1;" }]).cells as CodeCell[];
    const traceback = "Traceback (most recent call last):\n  File ...\n";
    const died = `${traceback}nbclient.exceptions.DeadKernelError: Kernel died`;
    const late =
      `${traceback}nbclient.exceptions.CellTimeoutError: A cell timed out\nThe message was: x.\n-----\n`;
    const wrong =
      `${traceback}nbclient.exceptions.CellExecutionError: An error occurred\nError: Execution failed\n`;
    const noKernel = `${traceback}jupyter_client.kernelspec.NoSuchKernel: No such kernel named deno\n`;
    const said = async (codes: string[], done: CodeCell[], stderr: string) =>
      (await failing(codes, done, stderr)).error!.message;
    assert.equal(await said(["1;", "2;"], [first], died), "made.ipynb, cell 2: The notebook kernel died.");
    assert.equal(
      await said(["1;", "2;"], [first], late),
      "made.ipynb, cell 2: The cell was still running after 1 s (its time limit).",
    );
    assert.equal(
      await said(["const y = 2;\nlet x = = 3;"], [first], wrong),
      "made.ipynb, cell 1: SyntaxError: Expression expected, in line 2 of the cell.",
    );
    assert.equal(
      await said(["1;"], [], noKernel),
      "made.ipynb: jupyter_client.kernelspec.NoSuchKernel: No such kernel named deno",
    );
    const kept = await failing(["1;", "2;"], [{
      ...first,
      outputs: [{ output_type: "stream", name: "stdout", text: "a\n" }],
    }], died);
    assert.deepEqual(outputTypes(kept), [["stream"], ["error"]]);
  },
});

Deno.test("executeWithJupyter says that Jupyter does not start or that there is no notebook, and writes nothing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "made.ipynb"), output = join(folder, "out.ipynb");
    await writeNotebook(path, notebook([{ code: "1;" }]));
    const start = (notebook: string) =>
      executeWithJupyter({ command: "/no/such/jupyter", env: {} }, { notebook, output });
    await assert.rejects(start(path), {
      name: "InputError",
      message: /^Cannot start Jupyter \(\/no\/such\/jupyter\): /,
    });
    await assert.rejects(start(join(folder, "none.ipynb")), {
      name: "InputError",
      message: /^Cannot read the notebook/,
    });
    await assert.rejects(Deno.stat(output), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
