import assert from "node:assert/strict";
import { join } from "node:path";
import { showcase } from "../micro/mod.ts";
import { notebook, readNotebook, writeNotebook } from "../notebook/mod.ts";
import { bothGluesTable, examplesTable, lessonModelTable, type Table, tableMarkdown } from "../report/mod.ts";
import { committedModel } from "../runs/lesson/model.ts";
import { benchTable, writeBench } from "./bench_pages.ts";
import { notebookProblems, rebaseOutputs } from "./notebook_outputs.ts";

Deno.test("rebaseOutputs makes the tables of a copy lead to the files they led to where it ran", async () => {
  const root = await Deno.makeTempDir();
  try {
    const copy = join(root, "results/local/glue/notebooks/05.ipynb");
    const document = notebook([{ markdown: "[lesson](02.ipynb)" }, { code: "await show(t);" }]);
    const data = {
      "text/markdown": "| [0](../results/local/glue/runs/a.json) | [Paper](../data/paper/t.tsv) |\n",
      "text/plain": "0 (../results)",
    };
    const output = { output_type: "display_data" as const, data, metadata: {} };
    const [text, code] = document.cells;
    await writeNotebook(copy, { ...document, cells: [text, { ...code, outputs: [output] } as typeof code] });
    await rebaseOutputs(copy, join(root, "notebooks"));
    const [lesson, moved] = (await readNotebook(copy)).cells;
    assert.equal(lesson.source, "[lesson](02.ipynb)"); // lessons lie beside each other in both places
    assert(moved.cell_type === "code" && moved.outputs[0].output_type === "display_data");
    assert.deepEqual(moved.outputs[0].data, {
      "text/markdown": "| [0](../runs/a.json) | [Paper](../../../../data/paper/t.tsv) |\n",
      "text/plain": "0 (../results)",
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

/** Calls `use` with the root of a project with a benchmark and a BERT, and a function that says what is wrong with a notebook of one table. */
async function withProject(
  use: (root: string, problemsOf: (table: Table) => Promise<string[]>) => Promise<void>,
) {
  const root = await Deno.makeTempDir();
  try {
    await writeBench(join(root, "results/bench"), "micro", { seed: 0, tasks: [], probedRows: 0, leaks: [] });
    await Deno.mkdir(join(root, "data/micro"), { recursive: true });
    await Deno.mkdir(join(root, "notebooks"));
    const config = { hidden_size: 4, num_hidden_layers: 1, num_attention_heads: 1, intermediate_size: 4 };
    const sizes = { vocab_size: 9, max_position_embeddings: 8, type_vocab_size: 2, layer_norm_eps: 1e-12 };
    const described = { model_type: "bert", hidden_act: "gelu", ...config, ...sizes };
    await Deno.writeTextFile(join(root, "data/micro/config.json"), JSON.stringify(described));
    await Deno.writeTextFile(join(root, "data/micro/model.safetensors"), "weights");
    await use(root, async (table) => {
      const document = notebook([{ code: "await show(t);" }]), [cell] = document.cells;
      const data = { "text/markdown": tableMarkdown(table), "text/plain": "" };
      const output = { output_type: "display_data" as const, data, metadata: {} };
      const shown = { ...document, cells: [{ ...cell, outputs: [output] } as typeof cell] };
      await writeNotebook(join(root, "notebooks/00.ipynb"), shown);
      return (await notebookProblems(root)).get("00.ipynb")!;
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const oneRow = (table: Table) => ({
  ...table,
  rows: [table.columns.map(() => "7")],
  leads: undefined,
});

Deno.test("a notebook's benchmark, its generated examples and its lesson's BERT must be the committed ones", async () => {
  await withProject(async (root, problemsOf) => {
    const tables = [
      await benchTable("micro_leaks", root),
      examplesTable("rte", showcase("rte")),
      lessonModelTable((await committedModel(root))!),
    ];
    for (const table of tables) {
      assert.deepEqual(await problemsOf(table), []);
      assert.match((await problemsOf(oneRow(table))).join(), /00\.ipynb, output of cell 1, line \d+: shows/);
    }
    await Deno.writeTextFile(join(root, "data/micro/model.safetensors"), "other weights");
    assert.equal((await problemsOf(tables[2])).length, 1);
    await Deno.remove(join(root, "data"), { recursive: true }); // then nothing can be said
    assert.deepEqual(await problemsOf(tables[2]), []);
  });
});

Deno.test("a notebook with sentences of real GLUE is refused", async () => {
  await withProject(async (_, problemsOf) => {
    const row = { a: "x .", b: "y .", label: "entailment" };
    const found = await problemsOf(bothGluesTable([{ task: "rte", generated: row, real: row }]));
    assert.match(found.join(), /output of cell 1: shows sentences of GLUE, which are not ours to pass on/);
  });
});

Deno.test("benchTable refuses a benchmark that never ran here and names those that did", async () => {
  await withProject(async (root) => {
    await assert.rejects(
      benchTable("training", root),
      /no table "training"; expected one of micro_rows, micro_leaks/,
    );
  });
});
