import assert from "node:assert/strict";
import { join } from "node:path";
import { filledPage, pageProblems, refreshPages } from "./pages.ts";
import { changeFile, withExampleProject } from "./example_results.ts";

const page = `# T

<!-- results/glue/tables/table1.md -->
<!-- end -->

Ours <!-- results/glue/tables/table1.md | MRPC | DPBERT (t0.6) | Ours -->?<!-- end -->, of
<!-- lib/bert/weights.ts | minilm -->?<!-- end -->.
`;

/** The example project with this README, filled. */
async function withPage(use: (readme: string, root: string) => Promise<void>): Promise<void> {
  await withExampleProject(async (root) => {
    const readme = join(root, "README.md");
    await Deno.writeTextFile(readme, page);
    await refreshPages(root);
    await use(readme, root);
  });
}

Deno.test("refreshPages fills tables and values, with links that lead from the page to the records", async () => {
  await withPage(async (readme, root) => {
    const text = await Deno.readTextFile(readme);
    assert(text.includes("| MRPC | BERT | [0](results/glue/runs/mrpc/bert-s0.json) | 77.5 |"), text);
    assert(text.includes("| Ours -->[77.5](results/glue/tables/table1.md)<!-- end -->, of"), text);
    assert.match(text, /\[9\d MB\]\(lib\/bert\/weights\.ts\)/);
    assert.deepEqual(filledPage(root, "README.md", text), { text, problems: [] });
    assert.deepEqual(await pageProblems(root), []);
  });
});

Deno.test("pageProblems names a changed digit of a table and of a value", async () => {
  await withPage(async (readme, root) => {
    await changeFile(readme, "[77.5](results/glue/tables", "[77.6](results/glue/tables");
    assert.match(
      (await pageProblems(root)).join("\n"),
      /^README\.md, line \d+: shows "\[77\.6\]\(.*", the records give "\[77\.5\]\(.*"; run `deno task report`\.$/,
    );
    await refreshPages(root);
    await changeFile(readme, "bert-s0.json) | 77.5", "bert-s0.json) | 77.6");
    assert.match((await pageProblems(root)).join("\n"), /^README\.md, line \d+: shows "77\.6"/);
  });
});

Deno.test("pageProblems names a number that no file gives, and a file or row that is not there", async () => {
  await withPage(async (readme, root) => {
    await changeFile(readme, "# T", "# T\n\nIt takes 20 minutes, Deno 2.9.6.");
    assert.match(
      (await pageProblems(root)).join("\n"),
      /^README\.md, line 3: "20 minutes" looks measured; .*chosen/,
    );
    await changeFile(readme, "20 minutes", "long");
    await changeFile(readme, "| MRPC | DPBERT (t0.6) | Ours", "| RTE | Ours");
    assert.match((await pageProblems(root)).join("\n"), /table1\.md has 0 rows that begin with "RTE"/);
    await Deno.remove(join(root, "results/glue/tables/table1.md"));
    assert.match(
      (await pageProblems(root)).join("\n"),
      /README\.md: It shows results\/glue\/tables\/table1\.md, which/,
    );
  });
});

Deno.test("pageProblems of a project without pages finds nothing", async () => {
  assert.deepEqual(await pageProblems("/nowhere"), []);
});
