import assert from "node:assert/strict";
import { join } from "node:path";
import { notebook, readNotebook, writeNotebook } from "../notebook/mod.ts";
import { rebaseOutputs } from "./notebook_outputs.ts";

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
