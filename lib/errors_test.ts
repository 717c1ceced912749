import assert from "node:assert/strict";
import { visible } from "./errors.ts";

Deno.test("visible shows what cannot be seen by its number and cuts what is long", () => {
  assert.equal(visible('a\uFEFF\0\u200Bé "q"'), 'a\\ufeff\\u0000\\u200bé "q"');
  assert.equal(visible("x".repeat(90)), "x".repeat(80) + "...");
});
