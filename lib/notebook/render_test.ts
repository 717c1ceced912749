import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Figure } from "../report/value.ts";
import { figureBundle, renderFigure, renderFigures } from "./render.ts";

const axis = (text: string) => ({ title: { text } });

/** Two panels, as Figure 3; made-up numbers. */
const figure: Figure = {
  name: "two-panels",
  caption: "Made up.",
  width: 640,
  height: 320,
  spec: {
    data: [
      {
        type: "scatter",
        name: "DPBERT",
        x: [50, 100],
        y: [80, 90],
        error_y: { type: "data", array: [2, 1] },
      },
      {
        type: "bar",
        name: "share",
        x: [1, 2],
        y: [1, 2],
        xaxis: "x2",
        yaxis: "y2",
        marker: {
          pattern: { shape: "/", bgcolor: "#D55E00", fgcolor: "#fff" },
        },
      },
    ],
    layout: {
      grid: { rows: 1, columns: 2, pattern: "independent" },
      xaxis: axis("Latency (%)"),
      yaxis: axis("Accuracy (%)"),
      xaxis2: axis("Layer"),
      yaxis2: axis("Executed"),
      annotations: [{ x: 75, y: 85, text: "here", ax: 20, ay: -20 }],
    },
  },
};

/** The texts of an SVG that are drawn, in document order. */
function drawnTexts(svg: string): string[] {
  return [...svg.matchAll(/<text([^>]*)>(.*?)<\/text>/g)].filter(([, attributes]) =>
    !/display: none/.test(attributes)
  )
    .map(([, , text]) => text.replace(/<[^>]*>/g, ""));
}

Deno.test("renderFigure draws every label, title and legend entry, finite and inside the picture", async () => {
  const { svg } = await renderFigure(figure);
  const texts = drawnTexts(svg);
  for (
    const text of [
      "60",
      "80",
      "100",
      "85",
      "90",
      "Latency (%)",
      "Accuracy (%)",
      "Layer",
      "Executed",
      "DPBERT",
      "share",
      "here",
    ]
  ) {
    assert.ok(texts.includes(text), `${text} in ${texts}`);
  }
  assert.doesNotMatch(svg, /NaN|Infinity/);
  for (const [, x, y] of svg.matchAll(/class="[xy]2?title" x="([^"]*)" y="([^"]*)"/g)) {
    assert.ok(Number(x) >= 0 && Number(x) <= 640 && Number(y) >= 0 && Number(y) <= 320, `${x} ${y}`);
  }
  assert.match(svg, /fill: url\(#/); // with quotes resvg would draw the hatched bar black
});

Deno.test("renderFigure gives a PNG of two pixels per CSS pixel and the same bytes from another process", async () => {
  const { svg, png } = await renderFigure(figure);
  assert.deepEqual([...png.subarray(1, 4)], [...Buffer.from("PNG")]);
  const view = new DataView(png.buffer, png.byteOffset);
  assert.deepEqual([view.getUint32(16), view.getUint32(20)], [1280, 640]);
  // a figure that is not drawn yet makes a new process, where the first one's ids must come again
  const renamed = {
    ...figure,
    spec: { ...figure.spec, layout: { ...figure.spec.layout, meta: "same picture" } },
  };
  const [again] = await renderFigures([renamed]);
  assert.equal(again.svg, svg);
  assert.deepEqual(again.png, png);
});

Deno.test("renderFigure refuses what plotly cannot draw and names the figure", async () => {
  const broken = { ...figure, name: "broken", width: 0, spec: { data: [], layout: {} } };
  await assert.rejects(renderFigure(broken), /Could not draw broken: .+/);
});

Deno.test("figureBundle has the interactive form with its size, a picture and the caption", async () => {
  const bundle = await figureBundle(figure);
  assert.deepEqual(Object.keys(bundle), ["application/vnd.plotly.v1+json", "image/png", "text/plain"]);
  const plotly = bundle["application/vnd.plotly.v1+json"] as { layout: { width: number; height: number } };
  assert.deepEqual([plotly.layout.width, plotly.layout.height], [640, 320]);
  assert.match(String(bundle["image/png"]), /^iVBORw0K/);
  assert.equal(bundle["text/plain"], "Made up.");
});
