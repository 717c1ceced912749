import assert from "node:assert/strict";
import { isAnswers, parseAnswers } from "./answers.ts";
import { taskById } from "./tasks.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const rte = taskById("rte"), mnli = taskById("mnli");
const answers = (...rows: string[]) => bytes(["split\tindex\tlabel", ...rows].join("\n") + "\n");

Deno.test("parseAnswers gives the labels of one split, in its order", () => {
  const both = answers(
    "test_matched\t0\tneutral",
    "test_matched\t1\tentailment",
    "test_mismatched\t0\tcontradiction",
  );
  assert.deepEqual(parseAnswers(mnli, "test", both, "a.tsv"), [1, 0]);
  assert.deepEqual(parseAnswers(mnli, "test-mm", both, "a.tsv"), [2]);
});

Deno.test("parseAnswers refuses a gap, an unknown label, a column less, and a file without that split", () => {
  const refused = (file: Uint8Array, message: RegExp) =>
    assert.throws(() => parseAnswers(rte, "test", file, "a.tsv"), { name: "InputError", message });
  refused(answers("test\t1\tentailment"), /a\.tsv line 2: found index "1", expected 0/);
  refused(answers("test\t0\tneutral"), /line 2: found RTE label "neutral"/);
  refused(answers("test\t0"), /line 2: found 2 column\(s\)/);
  refused(answers("dev\t0\tentailment"), /no answers of split test; expected those of RTE/);
});

Deno.test("isAnswers knows the header", () => {
  assert.deepEqual([answers(), bytes("index\tsentence\n"), bytes("")].map(isAnswers), [true, false, false]);
});
