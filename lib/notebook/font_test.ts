import assert from "node:assert/strict";
import { createRequire } from "node:module";
import _fonts from "dejavu-fonts-ttf/package.json" with { type: "json" };
import { readFont } from "./font.ts";

const require = createRequire(import.meta.url);
const font = readFont(Deno.readFileSync(require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf")));

Deno.test("readFont reads DejaVu Sans: 2048 units, A is 1401 wide, a space 651, lines 1901 up and 483 down", () => {
  assert.equal(font.width("A"), 1401 / 2048);
  assert.equal(font.width(" "), 651 / 2048);
  assert.equal(font.ascent, 1901 / 2048);
  assert.equal(font.descent, 483 / 2048);
});

Deno.test("readFont adds advances of a text, Greek letters and minus signs included", () => {
  assert.equal(font.width(""), 0);
  assert.equal(font.width("AA "), (2 * 1401 + 651) / 2048);
  const missing = font.width("\u{10FFFF}");
  for (const char of ["μ", "λ", "−", "±", "≤", "…"]) assert.notEqual(font.width(char), missing, char);
});

Deno.test("readFont names a missing table", () => {
  assert.throws(() => readFont(new Uint8Array(12)), /The font has no table head/);
});
