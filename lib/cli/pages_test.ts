import assert from "node:assert/strict";
import { join } from "node:path";
import { filledPage, refreshPages } from "./pages.ts";

Deno.test("refreshPages copies the committed table into the page, once", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(root, "results", "glue", "tables"), { recursive: true });
    await Deno.writeTextFile(join(root, "results", "glue", "tables", "a.md"), "| 84.2 |\n");
    const page = "# T\n<!-- results/glue/tables/a.md -->\n<!-- end -->\n";
    await Deno.writeTextFile(join(root, "README.md"), page);
    await refreshPages(root);
    const filled = await Deno.readTextFile(join(root, "README.md"));
    assert(filled.includes("| 84.2 |"));
    assert.equal(filledPage(root, filled), filled);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("filledPage keeps a block whose table does not exist", () => {
  const page = "<!-- results/none/a.md -->\nold\n<!-- end -->\n";
  assert.equal(filledPage("/nowhere", page), page);
});
