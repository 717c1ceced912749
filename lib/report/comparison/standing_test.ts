import assert from "node:assert/strict";
import { exampleStudy, firstOf6 } from "../study/example_study.ts";
import { standingGroups, standingSystems } from "./standing.ts";

const run = (method: string, settings: Record<string, string | number>, layers: number) => ({
  method,
  settings,
  right: 16,
  path: firstOf6(layers),
});

const study = exampleStudy([
  run("bert", {}, 6),
  run("dpbert", { targetRate: 0.45 }, 4),
  run("dpbert", { targetRate: 0.3 }, 3),
  run("dpbert", { lambda1: 0, targetRate: 0.45 }, 5),
  run("pabee", { patience: 1 }, 1),
  run("pabee", { patience: 3 }, 4),
  run("pabee", { patience: 4 }, 6),
  run("pabee", { exitBy: "entropy", threshold: 0.1 }, 2),
]);

Deno.test("of every system the setting nearest to DPBERT's layers stands, DPBERT under its own; ablations do not", () => {
  const groups = standingGroups(study).map(({ method, setting }) => `${method} ${setting}`.trim());
  assert.deepEqual(groups, ["bert", "pabee exitBy=entropy-th0.1", "pabee p3", "dpbert t0.45"]);
});

Deno.test("systems without a run stand without a setting: those that are wanted and those to come", () => {
  const missing = standingSystems(study).filter(({ setting }) => setting === null);
  const methods = missing.map(({ family }) => family.method);
  for (const method of ["bert-first-k", "layerdrop", "distilbert", "berxit", "leebert"]) {
    assert(methods.includes(method), method);
  }
  assert(!methods.includes("pabee"));
});
