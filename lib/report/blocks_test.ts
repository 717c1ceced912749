import assert from "node:assert/strict";
import { blockPaths, fillBlocks } from "./blocks.ts";

const page =
  "# A\n<!-- results/glue/tables/a.md -->\nold\n<!-- end -->\ntext\n<!-- results/glue/tables/b.md -->\n<!-- end -->\n";

Deno.test("fillBlocks puts each file's text into its block and leaves the rest alone", () => {
  const filled = fillBlocks(page, (path) => path.endsWith("a.md") ? "| 1 |\n" : null);
  assert.equal(
    filled,
    "# A\n<!-- results/glue/tables/a.md -->\n\n| 1 |\n\n<!-- end -->\ntext\n<!-- results/glue/tables/b.md -->\n<!-- end -->\n",
  );
  assert.equal(fillBlocks(filled, (path) => path.endsWith("a.md") ? "| 1 |\n" : null), filled);
});

Deno.test("fillBlocks takes dollar signs in a table as text", () => {
  assert(fillBlocks(page, () => "cost $1 $& $$").includes("cost $1 $& $$"));
});

Deno.test("blockPaths lists what a page shows", () => {
  assert.deepEqual(blockPaths(page), ["results/glue/tables/a.md", "results/glue/tables/b.md"]);
});
