/**
 * Draws plotly figures without a browser: `deno run render_child.ts < figures.json > drawn.json`. A process of its
 * own (render.ts starts it), so that plotly, jsdom and their globals never enter a notebook.
 */
import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import { JSDOM, VirtualConsole } from "jsdom";
import { Buffer } from "node:buffer";
import seedrandom from "seedrandom";
// imported so that Deno fetches the packages; their files are read below
import _fonts from "dejavu-fonts-ttf/package.json" with { type: "json" };
import _plotly from "plotly.js-dist-min/package.json" with { type: "json" };
import { installBoxes } from "./boxes.ts";
import { readFont } from "./font.ts";
import type { Drawing, DrawRequest } from "./render.ts";

const require = createRequire(import.meta.url);
const fontFiles = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf"]
  .map((name) => require.resolve(`dejavu-fonts-ttf/ttf/${name}`));

interface Plotly {
  toImage(figure: unknown, options: { format: "svg"; width: number; height: number }): Promise<string>;
}

/** plotly in a fresh jsdom window with boxes from the fonts. Its random ids come from a seed: same figure, same bytes. */
function openPlotly(): Plotly {
  const { window } = new JSDOM("<!doctype html><body></body>", {
    virtualConsole: new VirtualConsole(), // connected to nothing: stdout is for the answer
    runScripts: "outside-only",
    pretendToBeVisual: true,
  });
  const [regular, bold] = fontFiles.map((path) => readFont(Deno.readFileSync(path)));
  installBoxes(window as unknown as { Element: { prototype: object } }, regular, bold);
  (window.eval("Math") as Math).random = seedrandom("figure");
  Object.assign(window.HTMLCanvasElement.prototype, { getContext: () => null });
  Object.assign(window.URL, { createObjectURL: () => "", revokeObjectURL: () => {} });
  Object.assign(window, {
    matchMedia: () => ({ matches: false, addListener: () => {}, addEventListener: () => {} }),
  });
  window.eval(Deno.readTextFileSync(require.resolve("plotly.js-dist-min")));
  return (window as unknown as { Plotly: Plotly }).Plotly;
}

async function draw({ spec, width, height }: DrawRequest): Promise<Drawing> {
  const { font: textFont, ...layout } = spec.layout as { font?: Record<string, unknown> };
  const family = "DejaVu Sans, Verdana, sans-serif"; // Verdana has nearly the same widths
  const figure = { data: spec.data, layout: { ...layout, font: { family, ...textFont } } };
  const url = await openPlotly().toImage(figure, { format: "svg", width, height });
  // resvg draws url('#id') black: it knows the form without quotes only
  const svg = decodeURIComponent(url.slice(url.indexOf(",") + 1)).replaceAll(/url\('([^']*)'\)/g, "url($1)");
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" };
  const png = new Resvg(svg, { font, fitTo: { mode: "zoom", value: 2 } }).render().asPng();
  return { svg, pngBase64: Buffer.from(png).toString("base64") };
}

if (import.meta.main) {
  const requests: DrawRequest[] = await new Response(Deno.stdin.readable).json();
  const drawings: Drawing[] = [];
  for (const request of requests) drawings.push(await draw(request));
  await new Response(JSON.stringify(drawings)).body!.pipeTo(Deno.stdout.writable);
}
