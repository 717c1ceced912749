import assert from "node:assert/strict";
import { InputError } from "../../errors.ts";
import { chosenColumns } from "./columns.ts";

const table = `**Three.** Of [all](a.md) inputs.

| Task | [Seeds](runs) | Score | Note |
| --- | ---: | ---: | --- |
| RTE | [0](runs/a.json) | 86.8 | a \\| b |
`;

Deno.test("chosenColumns keeps what is bold in the caption, and the named columns in their order with their links", () => {
  assert.equal(
    chosenColumns(table, "t.md", ["Task", "Note", "Seeds"]),
    `**Three.**

| Task | Note | [Seeds](runs) |
| --- | --- | ---: |
| RTE | a \\| b | [0](runs/a.json) |`,
  );
  assert(chosenColumns(table.replaceAll("**", ""), "t.md", ["Task"]).startsWith("| Task |\n"));
});

Deno.test("chosenColumns refuses a column that is not there", () => {
  assert.throws(() => chosenColumns(table, "t.md", ["Task", "Layers"]), (error: Error) => {
    return error instanceof InputError &&
      error.message === 't.md has no column "Layers"; expected some of Task, Seeds, Score, Note.';
  });
  assert.throws(() => chosenColumns("no table", "t.md", ["Task"]), InputError);
});
