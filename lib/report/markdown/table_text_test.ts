import assert from "node:assert/strict";
import { tableMarkdown, tablePlain } from "./table_text.ts";
import type { Table } from "../value.ts";

const table: Table = {
  name: "table1",
  caption: "Scores, 3 seeds.",
  columns: ["Method", "MRPC"],
  rows: [["BERT", "88.1"], ["a|b\nμ <c>", "9.0"]],
};

Deno.test("tableMarkdown writes caption, aligned columns and escaped cells", () => {
  assert.equal(
    tableMarkdown(table),
    "Scores, 3 seeds.\n\n| Method | MRPC |\n| --- | ---: |\n| BERT | 88.1 |\n| a\\|b μ &lt;c> | 9.0 |\n",
  );
});

const linked: Table = {
  ...table,
  rows: [["BERT", "2"], ["mean", "2"]],
  leads: {
    note: "Links lead on.",
    head: [{ path: "data/t.tsv", from: "project", shown: { column: "MRPC", text: "MRPC" } }],
    rows: [
      [
        { path: "runs/a-s0.json", shown: { column: "MRPC", text: "0" } },
        { path: "runs/a-s1.json", shown: { column: "MRPC", text: "1" } },
        { path: "timings/a-s0.json" },
      ],
      [{ path: "runs/a-s0.json" }],
    ],
  },
};

Deno.test("tableMarkdown links cells to their files where it knows its place, and only there", () => {
  assert.equal(
    tableMarkdown({ ...linked, places: { profile: "..", project: "../../.." } }),
    "Scores, 3 seeds. Links lead on.\n\n| Method | [MRPC](../../../data/t.tsv) |\n| --- | ---: |\n" +
      "| BERT | [0](../runs/a-s0.json) [1](../runs/a-s1.json) |\n| mean | 2 |\n",
  );
  assert(tableMarkdown(linked).includes("Scores, 3 seeds.\n"));
  assert(tableMarkdown(linked).includes("| BERT | 2 |"));
  assert.match(tablePlain(linked), /^BERT +2$/m);
});

Deno.test("tableMarkdown links words of the caption where it knows its place", () => {
  const caption = [{ path: "lib/README.md#seeds", from: "project" as const, text: "3 seeds" }, {
    path: "more.md",
    text: "Scores",
  }];
  const found = { ...linked, leads: { ...linked.leads!, caption } };
  assert(
    tableMarkdown({ ...found, places: { profile: "..", project: "../../.." } })
      .startsWith("[Scores](../more.md), [3 seeds](../../../lib/README.md#seeds)."),
  );
  assert(tableMarkdown(found).startsWith("Scores, 3 seeds."));
});

Deno.test("tableMarkdown refuses leads that fit no row or no column", () => {
  const leads = { ...linked.leads!, rows: [[]] };
  assert.throws(() => tableMarkdown({ ...linked, leads }), /Table table1: 1 lists of leads; expected 2/);
  assert.throws(
    () => tableMarkdown({ ...linked, columns: ["Method", "RTE"] }),
    /lead to data\/t\.tsv for the column "MRPC"; expected one of Method, RTE/,
  );
});

Deno.test("tablePlain pads columns by characters and puts the caption below", () => {
  const plain = { ...table, rows: [["BERT", "88.1"], ["μμ", "9.0"]] };
  assert.equal(
    tablePlain(plain),
    "Method  MRPC\n------  ----\nBERT    88.1\nμμ       9.0\n\nScores, 3 seeds.\n",
  );
  assert.match(tablePlain({ ...plain, align: ["right", "left"] }), /^ {2}BERT {2}88\.1$/m);
});

Deno.test("tableMarkdown and tablePlain refuse rows and alignments of another length", () => {
  assert.throws(
    () => tableMarkdown({ ...table, rows: [["BERT", "1"], ["x"]] }),
    /Table table1: row 2 has 1 entries; expected 2/,
  );
  assert.throws(
    () => tablePlain({ ...table, align: ["left"] }),
    /Table table1: align has 1 entries; expected 2/,
  );
});
