import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import { sourceOf } from "./source.ts";

Deno.test("sourceOf shows a function with its docstring, from its first line to its last", async () => {
  const text = await sourceOf("tensor/random.ts", "random");
  assert.match(text, /^`lib\/tensor\/random.ts`\n\n```ts\n\/\*\* The stream of `seed`/);
  assert.match(text, /export function random\(seed[^\n]+\n {2}return [^\n]+\n\}\n```\n$/);
});

Deno.test("sourceOf shows several functions, blank lines inside them and one-line constants", async () => {
  const text = await sourceOf("bert/encoder.ts", "everyLayer", "encode");
  assert.match(text, /^export const everyLayer = .+;\n\n\/\*\* The one loop/m);
  assert.match(text, / {2}return hidden;\n\}\n```\n$/);
  const watched = await sourceOf("notebook/source.ts", "lib");
  assert.match(watched, /```ts\nconst lib = .+;\n```\n$/);
});

Deno.test("sourceOf refuses files and names that are not there", async () => {
  await assert.rejects(sourceOf("tensor/none.ts", "random"), InputError);
  await assert.rejects(sourceOf("tensor/random.ts", "rando"), /declares no "rando"/);
});
