import assert from "node:assert/strict";
import { gridOf } from "./profiles.ts";

Deno.test("gridOf fills in what the configuration leaves open", () => {
  const glue = gridOf({ profile: "glue", tasks: null, seeds: null });
  assert.deepEqual(glue.tasks, ["cola", "sst-2", "mrpc", "sts-b", "rte"]);
  assert.deepEqual(glue.seeds, [0, 1, 2]);
  assert.deepEqual(gridOf({ profile: "glue", tasks: ["mrpc"], seeds: [4] }).tasks, ["mrpc"]);
});

Deno.test("gridOf runs bert first and DPBERT at a target rate that names its records", () => {
  const { methods } = gridOf({ profile: "smoke", tasks: null, seeds: null });
  assert.deepEqual(methods, [{ method: "bert" }, { method: "dpbert", settings: { targetRate: 0.6 } }]);
});
