import assert from "node:assert/strict";
import { findPython, ran } from "./python.ts";

Deno.test("ran tells success, failure and a program that is not there, each with its last line", async () => {
  const script = (text: string) => ran(Deno.execPath(), ["eval", text]);
  assert.deepEqual(await script("console.log('one'); console.log('two\\n')"), { success: true, text: "two" });
  const failed = await script("console.log('one'); console.error('no route'); Deno.exit(1)");
  assert.deepEqual(failed, { success: false, text: "no route" });
  const missing = await ran("there-is-no-such-program", []);
  assert.equal(missing.success, false);
  assert.match(missing.text, /^there-is-no-such-program did not start: /);
});

Deno.test("findPython finds a Python 3 or none", async () => {
  const python = await findPython();
  if (python) assert.match(python.version, /^3\.\d+\.\d+$/);
});
