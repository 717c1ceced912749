import assert from "node:assert/strict";
import { differences } from "./differences.ts";

Deno.test("differences names the line and the cell in both texts, and the command that writes it again", () => {
  const table = "Caption.\n\n| MRPC | 84.2 | ± 1.0 |\n";
  assert.deepEqual(differences("a.md", table, table), []);
  assert.deepEqual(differences("a.md", table.replace("84.2", "84.3"), table), [
    'a.md, line 3: shows "84.3", the records give "84.2"; run `deno task report`.',
  ]);
});

Deno.test("differences sees a line too many and a line too few", () => {
  assert.match(differences("a", "x\ny\nz", "x\ny")[0], /line 3: shows "z", the records give ""/);
  assert.match(differences("a", "x", "x\ny")[0], /line 2: shows "", the records give "y"/);
});

Deno.test("differences of a very long line stay short", () => {
  const long = "a".repeat(5000);
  const [line] = differences("a.svg", `${long}1${long}`, `${long}2${long}`);
  assert(line.length < 400, `${line.length}`);
  assert.match(line, /shows "a+1a+", the records give "a+2a+"/);
});
