import assert from "node:assert/strict";
import { labelSurplus, largestSurplus, microBalance, sharedRows } from "./balance.ts";
import type { MicroExample } from "./grammar.ts";

const example = (a: string, level: number, label: string): MicroExample => ({
  ...{ a, b: "b .", level, label, hard: "" },
});

Deno.test("sharedRows counts rows of dev that train has, whatever their label", () => {
  const train = [example("x .", 1, "0"), example("y .", 1, "1")];
  assert.equal(sharedRows({ train, dev: [example("y .", 1, "0"), example("z .", 1, "1")] }), 1);
});

Deno.test("labelSurplus is that of the most uneven level, and counts a label that never occurs", () => {
  const rows = [example("x .", 1, "0"), example("y .", 2, "1"), example("z .", 2, "1")];
  assert.equal(labelSurplus(rows, ["0", "1"]), 2);
  assert.equal(labelSurplus([rows[0], example("w .", 1, "1")], ["0", "1"]), 0);
  assert.equal(labelSurplus(rows, []), 0); // a regression
});

Deno.test("largestSurplus looks at train too", () => {
  const even = [example("x .", 1, "0"), example("y .", 1, "1")];
  assert.equal(largestSurplus({ train: [...even, example("z .", 1, "1")], dev: even }, ["0", "1"]), 1);
});

Deno.test("microBalance finds no fault in RTE", () => {
  assert.deepEqual(microBalance(["rte"]), { shared: 0, surplus: 0 });
});
