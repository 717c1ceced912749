import assert from "node:assert/strict";
import { parseSettings, run } from "./train.ts";

Deno.test("parseSettings splits at the first equals sign and refuses text without one", () => {
  assert.deepEqual(parseSettings(["targetRate=0.6", "x=a=b"]), { targetRate: "0.6", x: "a=b" });
  assert.throws(() => parseSettings(["targetRate"]), { name: "InputError", message: /key=value/ });
  assert.throws(() => parseSettings(["=1"]), { name: "InputError" });
});

Deno.test("train says what it lacks before it starts anything", async () => {
  await assert.rejects(run([]), { name: "InputError", message: /--task/ });
  await assert.rejects(run(["--task", "mrpc", "--seed", "-1x"]), { message: /seed|--seed/ });
  await assert.rejects(run(["--task", "mrpc", "--progress", "xml"]), {
    name: "InputError",
    message: /--progress xml.*text or json/,
  });
});
