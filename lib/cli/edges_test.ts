import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { readEdges, refusalLine, refusedEdges } from "./edges.ts";

const imports = { "@tensorflow/tfjs": "npm:@tensorflow/tfjs@4.22.0", zod: "npm:zod@4.6.7" };

/** The refusals in a project made of these files. */
async function refusalsOf(files: Record<string, string>): Promise<string[]> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(root, "deno.json"), JSON.stringify({ imports }));
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    return refusedEdges(await readEdges(root)).map(refusalLine);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("refusedEdges accepts a house in order, imports in comments and texts included", async () => {
  assert.deepEqual(
    await refusalsOf({
      "lib/errors.ts": "export class InputError extends Error {}",
      "lib/tensor/tf.ts": `import "@tensorflow/tfjs"; import "../errors.ts";`,
      "lib/bert/encoder.ts": `import "../tensor/tf.ts"; // import "../methods/dpbert.ts"`,
      "lib/train/loop.ts":
        `import "../tensor/tf.ts"; import "../errors.ts"; import "zod"; import "node:path";`,
      "lib/methods/dpbert.ts": `import "../bert/encoder.ts"; import "../train/loop.ts";`,
      "lib/runs/record.ts": `import "zod"; export const text = 'import "../methods/dpbert.ts"';`,
      "lib/runs/unit.ts": `import "../methods/dpbert.ts";`,
      "lib/report/tables.ts": `import "../runs/record.ts";`,
      "lib/report/tables_test.ts": `import "../runs/unit.ts";`,
      "lib/cli/main.ts": `import "../runs/unit.ts";`,
    }),
    [],
  );
});

Deno.test("refusedEdges refuses tfjs outside lib/tensor, also in tests, types and dynamic imports", async () => {
  assert.deepEqual(
    await refusalsOf({
      "lib/bert/a.ts": `\nimport type { Tensor } from "@tensorflow/tfjs";`,
      "lib/glue/a_test.ts": `await import("npm:@tensorflow/tfjs-core@4.22.0");`,
    }),
    [
      `lib/bert/a.ts:2 imports "@tensorflow/tfjs": only lib/tensor imports tfjs.`,
      `lib/glue/a_test.ts:1 imports "npm:@tensorflow/tfjs-core@4.22.0": only lib/tensor imports tfjs.`,
    ],
  );
});

Deno.test("refusedEdges refuses a method in bert and everything but tensor and errors in train", async () => {
  assert.deepEqual(
    await refusalsOf({
      "lib/config.ts": "",
      "lib/glue/tasks.ts": "",
      "lib/methods/pabee.ts": "",
      "lib/bert/a.ts": `import "../methods/pabee.ts";`,
      "lib/train/a.ts": `import "../glue/tasks.ts";\nimport "../config.ts";`,
    }),
    [
      `lib/bert/a.ts:1 imports "../methods/pabee.ts": lib/bert knows no method.`,
      `lib/train/a.ts:1 imports "../glue/tasks.ts": lib/train imports only lib/tensor and lib/errors.ts.`,
      `lib/train/a.ts:2 imports "../config.ts": lib/train imports only lib/tensor and lib/errors.ts.`,
    ],
  );
});

Deno.test("refusedEdges refuses a report that reaches a model through other files", async () => {
  assert.deepEqual(
    await refusalsOf({
      "lib/bert/encoder.ts": "",
      "lib/runs/unit.ts": `import "../bert/encoder.ts";`,
      "lib/runs/mod.ts": `export * from "./unit.ts";`,
      "lib/report/tables.ts": `import "../runs/mod.ts";`,
    }),
    [
      `lib/report/tables.ts:1 imports "../runs/mod.ts": lib/report reaches nothing that trains or runs a model ` +
      `(lib/runs/mod.ts -> lib/runs/unit.ts -> lib/bert/encoder.ts).`,
    ],
  );
});

Deno.test("refusedEdges refuses cycles between rooms and a ground that imports a room, but not main's dispatch", async () => {
  assert.deepEqual(
    await refusalsOf({
      "lib/config.ts": `import "./glue/tasks.ts";`,
      "lib/glue/tasks.ts": `import "../config.ts";`,
      "lib/runs/a.ts": `import "../report/a.ts"; import "../cli/main.ts";`,
      "lib/report/a.ts": `import("../runs/b.ts");`,
      "lib/runs/b.ts": "",
      "lib/cli/main.ts": `import("../runs/a.ts");`,
    }),
    [
      `lib/config.ts:1 imports "./glue/tasks.ts": rooms form no cycle (lib -> glue -> lib).`,
      `lib/glue/tasks.ts:1 imports "../config.ts": rooms form no cycle (glue -> lib -> glue).`,
      `lib/report/a.ts:1 imports "../runs/b.ts": rooms form no cycle (report -> runs -> report).`,
      `lib/runs/a.ts:1 imports "../report/a.ts": rooms form no cycle (runs -> report -> runs).`,
    ],
  );
});

Deno.test("refusedEdges refuses files of one folder that import each other, types included", async () => {
  assert.deepEqual(
    await refusalsOf({
      "lib/runs/grid/a.ts": `import type { B } from "./b.ts";`,
      "lib/runs/grid/b.ts": `import "./c.ts";`,
      "lib/runs/grid/c.ts": `import "./a.ts";`,
      "lib/runs/grid/d.ts": `import "./a.ts";`,
    }),
    [
      `lib/runs/grid/a.ts:1 imports "./b.ts": files of a folder form no cycle (lib/runs/grid/a.ts -> lib/runs/grid/b.ts -> lib/runs/grid/c.ts -> lib/runs/grid/a.ts).`,
      `lib/runs/grid/b.ts:1 imports "./c.ts": files of a folder form no cycle (lib/runs/grid/b.ts -> lib/runs/grid/c.ts -> lib/runs/grid/a.ts -> lib/runs/grid/b.ts).`,
      `lib/runs/grid/c.ts:1 imports "./a.ts": files of a folder form no cycle (lib/runs/grid/c.ts -> lib/runs/grid/a.ts -> lib/runs/grid/b.ts -> lib/runs/grid/c.ts).`,
    ],
  );
});

Deno.test("refusedEdges refuses folders of one room that import each other, even if no files do", async () => {
  assert.deepEqual(
    await refusalsOf({
      "lib/runs/a.ts": `import "./grid/b.ts";`,
      "lib/runs/grid/b.ts": "",
      "lib/runs/grid/deep/c.ts": `import "../../a.ts";`,
    }),
    [
      `lib/runs/a.ts:1 imports "./grid/b.ts": files and folders of a room form no cycle (lib/runs/a.ts -> lib/runs/grid -> lib/runs/a.ts).`,
      `lib/runs/grid/deep/c.ts:1 imports "../../a.ts": files and folders of a room form no cycle (lib/runs/grid -> lib/runs/a.ts -> lib/runs/grid).`,
    ],
  );
});
