import assert from "node:assert/strict";
import { join } from "node:path";
import { bareLastExpression, checkNotebooks, formProblems } from "./check.ts";
import { type CodeCell, notebook, type Output, writeNotebook } from "./document.ts";

const shown: Output = { output_type: "display_data", data: { "text/plain": "3" }, metadata: {} };

Deno.test("bareLastExpression names what a front end would print and lets statements pass", () => {
  const fine = [
    "",
    "// only a comment",
    "const x = 3;",
    `import { show } from "lib/notebook/show.ts";`,
    "export const x = 3;",
    "await show(x);",
    "await ensureRuns<Grid>(grid);",
    "for (const x of xs) {\n  await show(x);\n}",
    "for await (const x of xs) {\n  await show(x);\n}",
    "if (a) {\n  b();\n} else {\n  c();\n}",
    "function f() {\n  return 3;\n}",
    "async function f() {}",
    "await show(`\n# Title\nx + 1\n`);",
    "await show({\n  a: 1,\n});\n/*\nx\n*/",
    "const text = `\nx\n`;",
  ];
  for (const source of fine) assert.equal(bareLastExpression(source), undefined, source);
  for (
    const bare of [
      "x;",
      "x + 1;",
      "show(x);",
      "x = 3;",
      "await promise;",
      `"text";`,
      "`text`;",
      "importantValue;",
      "[1, 2];",
    ]
  ) {
    assert.equal(bareLastExpression(`const y = 1;\n${bare}`), bare);
  }
  assert.equal(bareLastExpression("table(\n  1,\n);"), "table(");
});

Deno.test("formProblems reports ids, missing and foreign outputs and the kernel, by code cell", () => {
  const document = notebook([{ markdown: "# T" }, { code: "await show(3);" }, { code: "const x = 1;" }]);
  assert.deepEqual(formProblems("a.ipynb", document), [
    "a.ipynb, cell 1: it calls show( but has no output; run the notebook again.",
  ]);
  const [text, first, second] = document.cells as [CodeCell, CodeCell, CodeCell];
  first.outputs.push(shown);
  assert.deepEqual(formProblems("a.ipynb", document), []);
  text.id = "1f3a";
  second.id = "cell-01";
  second.outputs.push({ output_type: "stream", name: "stdout", text: "x" });
  second.outputs.push({ output_type: "error", ename: "TypeError", evalue: "no", traceback: [] });
  document.metadata.kernelspec = { name: "python3" };
  assert.deepEqual(formProblems("a.ipynb", document), [
    `a.ipynb: its kernel is "python3"; expected "deno".`,
    `a.ipynb, text cell 1: its id is "1f3a"; expected the form "cell-07", which no front end changes.`,
    `a.ipynb, cell 2: the id "cell-01" occurs twice.`,
    "a.ipynb, cell 2: it has an output of type stream; await show(...) is the only output.",
    "a.ipynb, cell 2: its output is an error (TypeError: no).",
  ]);
});

/** The problems of notebooks in a folder of their own; the folder must be clean again afterwards. */
async function problemsOf(files: Record<string, string[] | string>): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, cells] of Object.entries(files)) {
      const path = join(folder, name);
      if (typeof cells === "string") await Deno.writeTextFile(path, cells);
      else await writeNotebook(path, notebook(cells.map((code) => ({ code }))));
    }
    const problems = await checkNotebooks(folder);
    const left = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
    assert.deepEqual(left, Object.keys(files).sort());
    return problems;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("checkNotebooks accepts an empty or missing folder and names with types across cells", async () => {
  assert.deepEqual(await problemsOf({}), []);
  assert.deepEqual(await checkNotebooks("no-such-folder"), []);
  assert.deepEqual(
    await problemsOf({ "a.ipynb": ["export const x = 3;", "export const y: number = x;"] }),
    [],
  );
});

Deno.test("checkNotebooks reports a wrong type, a missing name and lint at their cell", async () => {
  const types = await problemsOf({
    "a.ipynb": ["export const x = 3;", `// wrong\nexport const y: string = x;`],
    "b.ipynb": [`import { nothing } from "node:path";\nnothing();\nexport const z = 1;`],
  });

  assert.match(types[0], /a\.ipynb, cell 2, line 2/);
  assert.match(types[0], /TS2322/);
  assert.match(types[0], /b\.ipynb, cell 1, line 1/);
  assert.doesNotMatch(types[0], /nbcheck/);
  const lint = await problemsOf({ "a.ipynb": ["export const x: any = 3;"] });
  assert.match(lint[0], /no-explicit-any[\s\S]*a\.ipynb, cell 1, line 1/);
});

Deno.test("checkNotebooks reports code that deno fmt would change, and a cell that does not parse at its place", async () => {
  assert.deepEqual(await problemsOf({ "a.ipynb": ["export const x  = 3"] }), [
    "a.ipynb: its code is not formatted; run deno fmt a.ipynb.",
  ]);
  const [problem] = await problemsOf({ "a.ipynb": ["export const x = 3;", "let y = = 3;"] });
  assert.match(problem, /a\.ipynb, cell 2, line 1/);
});

Deno.test("checkNotebooks reports a file that is no notebook", async () => {
  const [problem] = await problemsOf({ "a.ipynb": `{"nbformat": 3}` });
  assert.match(problem, /^a\.ipynb is not a notebook of nbformat 4: found nbformat 3/);
});
