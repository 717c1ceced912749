import assert from "node:assert/strict";
import { join } from "node:path";
import { notebook, writeNotebook } from "../notebook/mod.ts";
import { linkTo, tableMarkdown } from "../report/mod.ts";
import { profileArtefacts } from "./artefact_files.ts";
import { committedProblems } from "./committed.ts";
import { changeFile, noDraw, withExampleProject, writeFile } from "./example_results.ts";

const problems = (root: string) => committedProblems(root, noDraw);
const glue = (root: string, path: string) => join(root, "results", "glue", path);

Deno.test("committedProblems finds nothing where tables and figures are what the records give", async () => {
  await withExampleProject(async (root) => assert.deepEqual(await problems(root), []));
});

Deno.test("committedProblems names a changed digit of a table, its JSON, a figure and a picture", async () => {
  await withExampleProject(async (root) => {
    await changeFile(glue(root, "tables/table1.md"), "77.5", "77.6");
    await changeFile(glue(root, "tables/retention.json"), '"77.5"', '"77.6"');
    await changeFile(glue(root, "figures/figure3.json"), "DPBERT 83 %", "DPBERT 84 %");
    await changeFile(glue(root, "figures/figure4.svg"), "100", "101");
    await changeFile(glue(root, "figures/figure4.png"), "100", "101");
    assert.deepEqual((await problems(root)).map((line) => line.replace(/line \d+/, "line n")), [
      'results/glue/tables/table1.md, line n: shows "77.6", the records give "77.5"; run `deno task report`.',
      'results/glue/tables/retention.json, line n: shows "77.6", the records give "77.5"; run `deno task report`.',
      'results/glue/figures/figure4.svg, line n: shows ":[101", the records give ":[100"; run `deno task report`.',
      "results/glue/figures/figure4.png shows another picture than the records give; run `deno task report`.",
      'results/glue/figures/figure3.json, line n: shows "84", the records give "83"; run `deno task report`.',
    ]);
  });
});

Deno.test("committedProblems names what a changed record changes", async () => {
  await withExampleProject(async (root) => {
    await changeFile(glue(root, "runs/mrpc/bert-s0.json"), '"score": 77.5', '"score": 79.5');
    const said = (await problems(root)).join("\n");
    for (const name of ["table1.md", "table1.json", "retention.md", "claims.md", "figure3.json"]) {
      assert(said.includes(`${name}, line`), `${name} in ${said}`);
    }
  });
});

Deno.test("committedProblems names a missing file and one that no record gives", async () => {
  await withExampleProject(async (root) => {
    await Deno.remove(glue(root, "tables/claims.md"));
    await writeFile(glue(root, "tables/table9.md"), "old");
    assert.deepEqual(await problems(root), [
      "results/glue/tables/claims.md is missing; run `deno task report`.",
      "results/glue/tables/table9.md: no record gives this file; delete it.",
    ]);
  });
});

const measured = { machine: { cpu: "a processor", cores: 2, os: "linux" }, load: null, outcomes: [] };

Deno.test("committedProblems sets a benchmark's page against what was measured", async () => {
  await withExampleProject(async (root) => {
    const bench = (name: string) => join(root, "results", "bench", name);
    await writeFile(bench("training.json"), JSON.stringify(measured));
    assert.match((await problems(root)).join(), /^results\/bench\/training\.md is missing/);
    await writeFile(bench("training.md"), "| 0 | 0.7 | 0.6 | – |\n");
    await writeFile(bench("other.md"), "");
    const [differs, strange] = await problems(root);
    assert.match(differs, /^results\/bench\/training\.md, line 1: /);
    assert.match(strange, /^results\/bench\/other\.md: no benchmark .* gives this file\.$/);
    await writeFile(bench("training.json"), "{");
    await assert.rejects(problems(root), /training\.json is not complete JSON/);
  });
});

Deno.test("committedProblems names a notebook that shows another table than the records give", async () => {
  await withExampleProject(async (root) => {
    const { tables } = await profileArtefacts(join(root, "results"), "glue");
    const places = { profile: linkTo(join(root, "notebooks"), glue(root, "")), project: ".." };
    const show = async (markdown: string) => {
      const document = notebook([{ code: "await show(table1);" }]), [cell] = document.cells;
      const output = {
        output_type: "display_data" as const,
        data: { "text/markdown": markdown },
        metadata: {},
      };
      const executed = { ...document, cells: [{ ...cell, outputs: [output] }] };
      await writeNotebook(join(root, "notebooks", "05.ipynb"), executed as typeof document);
      return await problems(root);
    };
    const right = tableMarkdown({ ...tables[0], places });
    assert.match(right, /\[0\]\(\.\.\/results\/glue\/runs\/mrpc\/bert-s0\.json\)/);
    assert.deepEqual(await show(right), []);
    assert.deepEqual(await show("| A | B |\n| --- | --- |\n| 1 | 2 |\n"), []);
    assert.match(
      (await show(right.replace("77.5", "77.6"))).join(),
      /^notebooks\/05\.ipynb, output of cell 1, line \d+: shows "77\.6", the records give "77\.5"/,
    );
    assert.match((await show(tableMarkdown(tables[0]))).join(), /output of cell 1/); // from before there were links
  });
});
