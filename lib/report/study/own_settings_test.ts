import assert from "node:assert/strict";
import { ownSettingsNote } from "./own_settings.ts";
import { exampleStudy, firstOf6, type MadeUpRun } from "./example_study.ts";

const run = (method: string, settings: MadeUpRun["settings"]): MadeUpRun => (
  { method, settings, right: 10, path: firstOf6(3) }
);

Deno.test("ownSettingsNote names the settings that a method does not share with DPBERT, and the tasks", () => {
  const study = exampleStudy([run("dpbert", { targetRate: 0.45 }), run("dpbert-soft", { targetRate: 0.3 })]);
  const [[dpbert], [soft]] = study.groups.map(({ records }) => records);
  soft.recipe = { stage3: { targetRate: 0.3, lambda2: 30 } };
  dpbert.recipe = { stage3: { targetRate: 0.45, lambda2: 10, beta: 5 } };
  assert.equal(
    ownSettingsNote(study, "dpbert-soft"),
    " DPBERT-soft has lambda2 of its own on SST-2 (recipe in its records), found to suit it better.",
  );
  dpbert.recipe = { stage3: { targetRate: 0.45, lambda2: 30, beta: 5 } };
  assert.equal(ownSettingsNote(study, "dpbert-soft"), "");
});
