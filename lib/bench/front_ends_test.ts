import assert from "node:assert/strict";
import { type CodeCell, notebook, notebookText, type Output } from "../notebook/document.ts";
import type { Execute } from "../notebook/mod.ts";
import { benchFrontEnds, differenceOf } from "./front_ends.ts";
import { frontEndsTable } from "./front_ends_table.ts";

/** A notebook file whose two code cells have these outputs. */
function file(first: string[], second: string[]): string {
  const made = notebook([{ code: "1;" }, { markdown: "between" }, { code: "2;" }]);
  const stream = (text: string): Output => ({ output_type: "stream", name: "stdout", text });
  (made.cells[0] as CodeCell).outputs = first.map(stream);
  (made.cells[2] as CodeCell).outputs = second.map(stream);
  return notebookText(made);
}

Deno.test("differenceOf names the first code cell that lost or changed an output", () => {
  assert.equal(differenceOf(file(["a"], ["b"]), file(["a"], ["b"])), null);
  assert.equal(differenceOf(file(["a"], []), file(["a"], ["b"])), "cell 2 has 0 of 1 outputs");
  assert.equal(differenceOf(file(["x"], []), file(["a"], ["b"])), "cell 1 shows something else");
  assert.equal(differenceOf(file([], []) + "\n", file([], [])), "the outputs are equal, the files are not");
});

Deno.test("benchFrontEnds counts the rounds that end in the undisturbed file, and a table shows what was wrong", async () => {
  const whole = file(["a"], ["b"]);
  let rounds = 0;
  const kernel: Execute = ({ output }) => Deno.writeTextFile(output, whole);
  const jupyter: Execute = async ({ output }) => {
    rounds++;
    if (rounds === 3) throw new Error("the kernel died");
    await Deno.writeTextFile(output, rounds === 2 ? file(["a"], []) : whole);
  };
  const ways: [("kernel" | "jupyter"), Execute][] = [["kernel", kernel], ["jupyter", jupyter]];
  const frontEnds = await benchFrontEnds(ways, { notebook: "made.ipynb", rounds: 4, busy: 1 });
  assert.deepEqual(frontEnds, [
    { frontEnd: "kernel", rounds: 4, equal: 4, problems: [] },
    {
      frontEnd: "jupyter",
      rounds: 4,
      equal: 2,
      problems: ["round 2: cell 2 has 0 of 1 outputs", "round 3: the kernel died"],
    },
  ]);
  const machine = { cpu: "a processor", cores: 2, os: "linux" };
  const { rows } = frontEndsTable({
    notebook: "made.ipynb",
    busy: 1,
    machine,
    deno: "2.9.6",
    nbconvert: "7",
    frontEnds,
  });
  assert.deepEqual(rows.map(([, equal, wrong]) => [equal, wrong]), [
    ["4 of 4", "–"],
    ["2 of 4", "round 2: cell 2 has 0 of 1 outputs; round 3: the kernel died"],
  ]);
});
