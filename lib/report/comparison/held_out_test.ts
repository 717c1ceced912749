import assert from "node:assert/strict";
import { exampleRecord } from "../../runs/records/example_records.ts";
import { groupRuns } from "../study/groups.ts";
import { heldOutGain, heldOutScoreOf } from "./held_out.ts";

const rule = "made up";
const selected = (heldOutScore: number | null, exit?: { heldOutScore?: number }) => ({
  selection: { rule, step: 1, heldOutScore, ...exit && { exit } },
});

Deno.test("heldOutScoreOf: of a method with exits, the exit's score counts and not that of all exits", () => {
  assert.equal(heldOutScoreOf(selected(85)), 85);
  assert.equal(heldOutScoreOf(selected(85, { heldOutScore: 70 })), 70);
  assert.equal(heldOutScoreOf(selected(null, { heldOutScore: 70 })), 70); // DeeBERT's
  assert.equal(heldOutScoreOf(selected(null)), null);
  assert.equal(heldOutScoreOf(selected(85, {})), null);
});

Deno.test("heldOutGain: 80 and 90 less 70 and 84 is 8 on average, over the seeds that both have", () => {
  const group = (scores: (number | null)[], setting: string) =>
    groupRuns(
      scores.map((score, seed) => exampleRecord({ seed, setting, ...selected(score) })),
      [],
      "glue",
    )[0];
  const first = group([80, 90, 100, null], "a"), second = group([70, 84, null, 10], "b");
  assert.equal(heldOutGain(first, second), 8);
  assert.equal(heldOutGain(second, first), -8);
  assert.ok(Number.isNaN(heldOutGain(group([null], "a"), second)));
});
