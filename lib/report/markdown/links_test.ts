import assert from "node:assert/strict";
import { linkTo, placesFrom, rebasedLinks, withoutLinks } from "./links.ts";

Deno.test("rebasedLinks leads to the same file from another folder", () => {
  const written = "[0](../runs/mrpc/bert-s0.json) and [paper](../../../data/paper/table1.tsv)";
  assert.equal(
    rebasedLinks(written, "results/glue/tables", "."),
    "[0](results/glue/runs/mrpc/bert-s0.json) and [paper](data/paper/table1.tsv)",
  );
  assert.equal(
    rebasedLinks(written, "results/glue/tables", "docs"),
    "[0](../results/glue/runs/mrpc/bert-s0.json) and [paper](../data/paper/table1.tsv)",
  );
  assert.equal(rebasedLinks(written, "results/glue/tables", "results/glue/tables"), written);
});

Deno.test("rebasedLinks keeps the part after #, folders, and what is no relative link", () => {
  const rebased = (text: string) => rebasedLinks(text, "a", ".");
  assert.equal(rebased("[x](b.md#part)"), "[x](a/b.md#part)");
  assert.equal(rebased("[x](../timings/)"), "[x](timings/)");
  assert.equal(rebased("![x](b.png)"), "![x](a/b.png)");
  for (
    const still of [
      "[x](https://deno.com/a)",
      "[x](#part)",
      "[x](/a.md)",
      "f(x)(y)",
      "`a[i](b)`",
      "```ts\na[i](b)\n```",
    ]
  ) {
    assert.equal(rebased(still), still);
  }
});

Deno.test("placesFrom names both folders as seen from a third", () => {
  const places = placesFrom("/p/notebooks", { profile: "/p/results/glue", project: "/p" });
  assert.deepEqual(places, { profile: "../results/glue", project: ".." });
  assert.equal(linkTo("/p", "/p"), ".");
});

Deno.test("withoutLinks leaves the texts", () => {
  assert.equal(withoutLinks("| [0](a.json) [1](b.json) | 84.2 |"), "| 0 1 | 84.2 |");
});
