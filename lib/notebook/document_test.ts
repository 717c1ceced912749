import assert from "node:assert/strict";
import { join } from "node:path";
import {
  callsShow,
  type CodeCell,
  isExecuted,
  notebook,
  notebookText,
  parseNotebook,
  readNotebook,
  sortedJson,
  writeNotebook,
} from "./document.ts";

Deno.test("notebook gives stable ids and Deno's kernel", () => {
  const made = notebook([{ markdown: "# T" }, { code: "const x = 1;\nawait show(x);" }]);
  assert.deepEqual(made.cells.map(({ id, cell_type }) => [id, cell_type]), [
    ["cell-00", "markdown"],
    ["cell-01", "code"],
  ]);
  assert.deepEqual(made.metadata.kernelspec, { display_name: "Deno", language: "typescript", name: "deno" });
  const { version } = made.metadata.language_info as Record<string, string>;
  assert.equal(version, Deno.version.typescript); // or JupyterLab calls every notebook changed when it opens
});

Deno.test("notebookText writes as Jupyter does: sorted keys, lists of lines, one space, a line break at the end", () => {
  const made = notebook([{ code: "const x = 1;\nawait show(x);" }]);
  (made.cells[0] as CodeCell).outputs.push({
    output_type: "display_data",
    data: { "text/plain": "a\nb\n", "image/png": "iVBO\nRw0K", "application/json": { b: 1, a: "x\ny" } },
    metadata: {},
  });
  made.metadata = {};
  assert.equal(
    notebookText(made),
    `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "cell-00",
   "metadata": {},
   "outputs": [
    {
     "data": {
      "application/json": {
       "a": "x\\ny",
       "b": 1
      },
      "image/png": "iVBO\\nRw0K",
      "text/plain": [
       "a\\n",
       "b\\n"
      ]
     },
     "metadata": {},
     "output_type": "display_data"
    }
   ],
   "source": [
    "const x = 1;\\n",
    "await show(x);"
   ]
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 5
}
`,
  );
  assert.deepEqual(parseNotebook(notebookText(made), "a.ipynb"), made);
});

Deno.test("writeNotebook and readNotebook give the same notebook back and leave no temporary file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const made = notebook([{ markdown: "# Zwei\n\nÄpfel" }, { code: "" }]);
    await writeNotebook(join(folder, "new", "a.ipynb"), made);
    assert.deepEqual(await readNotebook(join(folder, "new", "a.ipynb")), made);
    assert.deepEqual([...Deno.readDirSync(join(folder, "new"))].map((entry) => entry.name), ["a.ipynb"]);
    await assert.rejects(readNotebook(join(folder, "none.ipynb")), /Cannot read the notebook .*none\.ipynb/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("parseNotebook refuses what is no notebook and says what it found", () => {
  assert.throws(() => parseNotebook("{", "a.ipynb"), /a\.ipynb is not a notebook: it is not JSON/);
  assert.throws(() => parseNotebook("null", "a.ipynb"), /found nbformat undefined and no list of cells/);
  assert.throws(
    () => parseNotebook(`{"nbformat": 3, "cells": []}`, "a.ipynb"),
    /found nbformat 3 and a list of cells/,
  );
  assert.throws(
    () => parseNotebook(`{"nbformat": 4, "cells": [{"cell_type": "heading"}]}`, "a.ipynb"),
    /a\.ipynb, cell 1: cell_type is "heading"; expected code, markdown or raw/,
  );
});

Deno.test("sortedJson sorts keys at every depth and keeps the order of lists", () => {
  assert.equal(
    sortedJson({ b: [{ d: 1, c: 2 }, 1], a: null }),
    `{\n "a": null,\n "b": [\n  {\n   "c": 2,\n   "d": 1\n  },\n  1\n ]\n}\n`,
  );
});

Deno.test("callsShow sees calls and neither comments, imports nor other names", () => {
  assert.ok(callsShow("const x = 1;\nawait show(x);"));
  assert.ok(!callsShow(`import { show } from "lib/notebook/show.ts";\n// await show(x);\nawait reshow(x);`));
});

Deno.test("isExecuted asks for an output where a cell shows something, and for none elsewhere", () => {
  const made = notebook([{ markdown: "# T" }, { code: "const x = 1;" }, { code: "await show(x);" }]);
  assert.equal(isExecuted(made), false);
  (made.cells[2] as CodeCell).outputs.push({
    ...{ output_type: "display_data", data: { "text/plain": "1" }, metadata: {} },
  });
  assert.equal(isExecuted(made), true);
});
