import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { installBoxes, parseTransform } from "./boxes.ts";
import type { Font } from "./font.ts";

// every letter half an em wide, bold ones a full em
const regular: Font = { ascent: 0.8, descent: 0.2, width: (text) => text.length / 2 };
const bold: Font = { ...regular, width: (text) => text.length };

interface Measured {
  getBBox(): { x: number; y: number; width: number; height: number };
  getBoundingClientRect(): { left: number; top: number; width: number; height: number };
  getComputedTextLength(): number;
  getTotalLength(): number;
  getPointAtLength(at: number): { x: number; y: number };
}

/** The element with id "it" in an SVG of this content. */
function measured(content: string): Measured {
  const { window } = new JSDOM(`<svg width="100" height="50">${content}</svg>`);
  installBoxes(window as unknown as { Element: { prototype: object } }, regular, bold);
  return window.document.getElementById("it") as unknown as Measured;
}

function box(content: string): number[] {
  const { x, y, width, height } = measured(content).getBBox();
  return [x, y, width, height];
}

Deno.test("getBBox of a text is its width around the anchor and one line around the baseline", () => {
  assert.deepEqual(box(`<text id="it" x="10" y="20" style="font-size: 10px">four</text>`), [10, 12, 20, 10]);
  assert.deepEqual(
    box(`<text id="it" x="10" y="20" style="font-size: 10px" text-anchor="middle">four</text>`),
    [0, 12, 20, 10],
  );
  assert.deepEqual(box(`<text id="it" x="10" y="20" style="font-size: 10px; text-anchor: end">four</text>`), [
    -10,
    12,
    20,
    10,
  ]);
  assert.deepEqual(box(`<g style="font-size: 20px"><text id="it">four</text></g>`), [0, -16, 40, 20]);
  assert.deepEqual(box(`<text id="it" style="font-size: 10px; font-weight: bold">four</text>`), [
    0,
    -8,
    40,
    10,
  ]);
});

Deno.test("getBBox of lines takes the widest and adds 1.3 em for each further one", () => {
  const lines = `<tspan class="line">ab</tspan><tspan class="line">abcd</tspan>`;
  assert.deepEqual(box(`<text id="it" style="font-size: 10px">${lines}</text>`), [0, -8, 20, 23]);
});

Deno.test("getBBox of a group is the union of its children after their transforms, clip paths left out", () => {
  assert.deepEqual(
    box(`<g id="it"><rect x="1" y="2" width="3" height="4"/><g transform="translate(10,0)"><circle r="5"/></g>
      <defs><rect width="99" height="99"/></defs></g>`),
    [1, -5, 14, 11],
  );
  assert.deepEqual(box(`<g id="it"></g>`), [0, 0, 0, 0]);
});

Deno.test("getBoundingClientRect applies own and ancestors' transforms", () => {
  const it = measured(
    `<g transform="translate(5,5)"><rect id="it" width="4" height="2" transform="rotate(-90)"/></g>`,
  );
  const { left, top, width, height } = it.getBoundingClientRect();
  assert.deepEqual([left, top, width, height].map((value) => Math.round(value * 1e9) / 1e9), [5, 1, 2, 4]);
});

Deno.test("getTotalLength and getPointAtLength walk a straight path", () => {
  const path = measured(`<path id="it" d="M10,0L10,-5"/>`);
  assert.equal(path.getTotalLength(), 5);
  assert.deepEqual(path.getPointAtLength(2), { x: 10, y: -2 });
  assert.equal(measured(`<text id="it" style="font-size: 10px">ab</text>`).getComputedTextLength(), 10);
});

Deno.test("parseTransform multiplies from left to right and rotates about a point", () => {
  assert.deepEqual(parseTransform(null), [1, 0, 0, 1, 0, 0]);
  assert.deepEqual(parseTransform("translate(1 2)scale(3)"), [3, 0, 0, 3, 1, 2]);
  assert.deepEqual(parseTransform("matrix(1,2,3,4,5,6)"), [1, 2, 3, 4, 5, 6]);
  const turned = parseTransform("rotate(180,10,20)").map((value) => Math.round(value));
  assert.deepEqual(turned.map((value) => value + 0), [-1, 0, 0, -1, 20, 40]);
});
