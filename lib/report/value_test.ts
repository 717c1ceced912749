import assert from "node:assert/strict";
import { type Table, tableMarkdown, tablePlain } from "./value.ts";

const table: Table = {
  name: "table1",
  caption: "Scores, 3 seeds.",
  columns: ["Method", "MRPC"],
  rows: [["BERT", "88.1"], ["a|b\nμ", "9.0"]],
};

Deno.test("tableMarkdown writes caption, aligned columns and escaped cells", () => {
  assert.equal(
    tableMarkdown(table),
    "Scores, 3 seeds.\n\n| Method | MRPC |\n| --- | ---: |\n| BERT | 88.1 |\n| a\\|b μ | 9.0 |\n",
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
