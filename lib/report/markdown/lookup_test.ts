import assert from "node:assert/strict";
import { lookUp } from "./lookup.ts";

const table = `Caption with a | bar.

| Task | Method | [Speed-up](../timings) | Kept, paper (%) |
| --- | --- | ---: | ---: |
| MRPC | BERT | 1.00× | – |
| MRPC | DPBERT (t0.6) | [1.16×](a.json) | 99.7 |
| a\\|b | BERT | 1.10× | 98.0 |
`;

Deno.test("lookUp finds the cell of a Markdown table by its row's first cells and its column", () => {
  const value = (...keys: string[]) => lookUp(table, "t.md", keys);
  assert.equal(value("MRPC", "DPBERT (t0.6)", "Speed-up"), "1.16×");
  assert.equal(value("MRPC", "BERT", "Kept, paper (%)"), "–");
  assert.equal(value("a|b", "Speed-up"), "1.10×");
});

Deno.test("lookUp refuses a column or row that is not there, and one that is there twice", () => {
  assert.throws(() => lookUp(table, "t.md", ["MRPC", "Speed-up"]), /t\.md has 2 rows that begin with "MRPC"/);
  assert.throws(() => lookUp(table, "t.md", ["RTE", "Speed-up"]), /t\.md has 0 rows that begin with "RTE"/);
  assert.throws(
    () => lookUp(table, "t.md", ["MRPC", "BERT", "Ours"]),
    /no column "Ours"; expected one of Task/,
  );
  assert.throws(() => lookUp(table, "t.md", ["Speed-up"]), /expected one/);
});

Deno.test("lookUp reads TSV files and fields of JSON", () => {
  assert.equal(lookUp("claim\tvalue\nspeedUp\t1.34\n", "c.tsv", ["speedUp", "value"]), "1.34");
  const record = JSON.stringify({ recipe: { stage3: { lambda2: 10, muPer: "batch" } }, list: [[3, 4]] });
  assert.equal(lookUp(record, "r.json", ["recipe", "stage3", "lambda2"]), "10");
  assert.equal(lookUp(record, "r.json", ["recipe", "stage3", "muPer"]), "batch");
  assert.equal(lookUp(record, "r.json", ["list", "0", "1"]), "4");
  assert.equal(lookUp(record, "r.json", ["list", "-1", "-1"]), "4");
  assert.throws(() => lookUp('{"list": []}', "r.json", ["list", "-1"]), /is missing/);
  assert.throws(
    () => lookUp(record, "r.json", ["recipe", "beta"]),
    /no field "recipe \| beta" \("beta" is missing\)/,
  );
  assert.throws(() => lookUp(record, "r.json", ["recipe", "stage3"]), /neither a number nor a text/);
  assert.throws(() => lookUp(record, "r.json", ["constructor"]), /is missing/);
  assert.throws(() => lookUp("{", "r.json", ["a"]), /r\.json is not complete JSON/);
});
