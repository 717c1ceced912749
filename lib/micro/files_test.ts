import assert from "node:assert/strict";
import { taskById } from "../glue/tasks.ts";
import { glueText } from "./files.ts";

Deno.test("glueText numbers rows and marks CoLA's unacceptable sentences", () => {
  const row = { a: "the dog bark .", b: null, label: "0" };
  const cola = taskById("cola").splits;
  assert.equal(glueText(cola.train!, [row], "micro"), "micro\t0\t*\tthe dog bark .\n");
  assert.equal(
    glueText(cola.test!, [row, row], "micro"),
    "index\tsentence\n0\tthe dog bark .\n1\tthe dog bark .\n",
  );
  const pair = { a: "x ?", b: "y ?", label: "1" };
  assert.equal(
    glueText(taskById("qqp").splits.dev!, [pair, pair], "micro").split("\n")[2],
    "1\t2\t3\tx ?\ty ?\t1",
  );
});
