import assert from "node:assert/strict";
import { run } from "./setup.ts";

Deno.test("run refuses an unknown name and an unknown option before it does anything", async () => {
  await assert.rejects(run(["--weights", "maxilm"]), {
    name: "InputError",
    message: /"maxilm"; expected minilm/,
  });
  await assert.rejects(run(["--wieghts", "minilm"]), { name: "InputError", message: /--wieghts.*Usage/ });
  await assert.rejects(run(["--glue", "mrpc,foo"]), { name: "InputError", message: /"foo"; expected.*mrpc/ });
  await assert.rejects(run(["minilm"]), { name: "InputError", message: /minilm.*Usage/ });
});
