/**
 * How numbers, methods and figures look, decided once. Numbers are rounded here and nowhere else; a method has one
 * colour (Okabe-Ito, told apart with every kind of colour vision) and one marker, so that colour never stands alone.
 */
import { tasks } from "../glue/tasks.ts";
import { trainableTasks } from "../config.ts";
import { mean } from "./statistics.ts";

/** What stands where there is no number. */
export const noValue = "–";

// Halves go away from zero as by hand: 7.55 is 7.6, though its binary form is a trifle less.
function rounded(value: number, digits: number): string | null {
  if (!Number.isFinite(value)) return null;
  const units = Math.round(Number((Math.abs(value) * 10 ** digits).toPrecision(12)));
  const text = (units / 10 ** digits).toFixed(digits);
  return value < 0 && units > 0 ? `−${text}` : text;
}

/** A score or percentage of points, one decimal: `84.5`. */
export function showScore(value: number | null | undefined): string {
  return rounded(value ?? NaN, 1) ?? noValue;
}

/** Any other number with a fixed count of decimals: `0.6931`. */
export function showDecimals(value: number | null | undefined, digits: number): string {
  return rounded(value ?? NaN, digits) ?? noValue;
}

/** A small positive number by the power of ten it stays below, from 1e-6 on: `< 1e-4`. */
export function showBound(value: number): string {
  if (!Number.isFinite(value)) return noValue;
  return `< 1e${Math.max(-6, Math.floor(Math.log10(value)) + 1)}`;
}

/** A difference with its sign: `+0.3`, `−1.2`, `0.0`. */
export function showDifference(value: number | null | undefined): string {
  const text = rounded(value ?? NaN, 1);
  return Number(text) > 0 ? `+${text}` : text ?? noValue;
}

/** Half a 95 % interval: `± 0.9`. */
export function showHalfWidth(value: number | null | undefined): string {
  const text = rounded(value ?? NaN, 1);
  return text === null ? noValue : `± ${text}`;
}

/** What `summarise` gives. */
interface Spread {
  mean: number;
  halfWidth: number;
  smallest: number;
  largest: number;
}

/** Half a 95 % interval, or where that is wider than the scale of the scores, the seeds: `seeds 3.2 to 82.8`. */
export function showInterval({ halfWidth, smallest, largest }: Spread, digits = 1): string {
  if (!Number.isFinite(halfWidth)) return noValue;
  const [half, ...ends] = [halfWidth, smallest, largest].map((value) => showDecimals(value, digits));
  return 2 * halfWidth > 100 ? `seeds ${ends.join(" to ")}` : `± ${half}`;
}

/** A mean with its interval: `95.5 ± 1.8`, `55.9 (seeds 3.2 to 82.8)`; of one seed `55.9`. */
export function showMean(spread: Spread): string {
  const centre = showScore(spread.mean), interval = showInterval(spread);
  if (interval === noValue) return centre;
  return interval.startsWith("±") ? `${centre} ${interval}` : `${centre} (${interval})`;
}

/** What stands beside such a mean, for captions. */
export const intervalNote = "half its 95 % t-interval, or the seeds where that spans more than 100 points";

/** A measured number with that many significant digits: `0.352`, `11.7`. */
export function showSignificant(value: number, digits: number): string {
  if (!Number.isFinite(value)) return noValue;
  const whole = Math.floor(Math.log10(Math.abs(value))) + 1;
  return showDecimals(value, Math.max(0, digits - whole));
}

/** Points by seed: their mean and, where seeds differ, the smallest and largest: `3.0 (0.0 to 7.2)`. */
export function showPoints(values: readonly number[]): string {
  if (values.length === 0) return noValue;
  const [centre, ...ends] = [mean(values), Math.min(...values), Math.max(...values)].map(showScore);
  return ends[0] === ends[1] ? centre : `${centre} (${ends.join(" to ")})`;
}

/** A speed-up: `1.34×`. */
export function showSpeedup(value: number | null | undefined): string {
  const text = rounded(value ?? NaN, 2);
  return text === null ? noValue : `${text}×`;
}

/** A share between 0 and 1 as a whole percentage: `75 %`. */
export function showPercent(share: number | null | undefined): string {
  const text = rounded((share ?? NaN) * 100, 0);
  return text === null ? noValue : `${text} %`;
}

/** Layers executed of all: `5.0 of 6`. */
export function showLayers(executed: number, numLayers: number): string {
  return `${rounded(executed, 1) ?? noValue} of ${numLayers}`;
}

/** A count that may differ between seeds: `3`, or `3–5` from smallest to largest. */
export function showCounts(counts: readonly number[]): string {
  if (counts.length === 0) return noValue;
  const [smallest, largest] = [Math.min(...counts), Math.max(...counts)];
  return smallest === largest ? `${smallest}` : `${smallest}–${largest}`;
}

/** Numbers from smallest to largest with a fixed count of decimals: `13.7–16.8`, or `5.0`. */
export function showRange(values: readonly number[], digits: number): string {
  if (values.length === 0) return noValue;
  const ends = [Math.min(...values), Math.max(...values)].map((value) => showDecimals(value, digits));
  return [...new Set(ends)].join("–");
}

/** How one method is drawn. */
export interface MethodStyle {
  /** Name in tables and legends. */
  label: string;
  colour: string;
  /** Plotly marker symbol, a filled one: open is what stands for a single seed (`seedSymbol`). */
  symbol: string;
  /** Plotly line dash. */
  dash: string;
}

/** The one table of colours: no two methods share one, and none is the paper's grey. */
const styles: Record<string, MethodStyle> = {
  bert: { label: "BERT", colour: "#000000", symbol: "star", dash: "solid" },
  "bert-first-k": { label: "BERT, first k layers", colour: "#5B3A1E", symbol: "x", dash: "dot" },
  layerdrop: { label: "LayerDrop", colour: "#CC79A7", symbol: "triangle-down", dash: "dot" },
  distilbert: { label: "DistilBERT", colour: "#B5A642", symbol: "hexagon", dash: "dot" },
  deebert: { label: "DeeBERT", colour: "#D55E00", symbol: "square", dash: "dash" },
  pabee: { label: "PABEE", colour: "#009E73", symbol: "triangle-up", dash: "dashdot" },
  berxit: { label: "BERxiT", colour: "#E69F00", symbol: "diamond", dash: "longdash" },
  leebert: { label: "LeeBERT", colour: "#882255", symbol: "pentagon", dash: "longdashdot" },
  dpbert: { label: "DPBERT", colour: "#0072B2", symbol: "circle", dash: "solid" },
  "dpbert-soft": { label: "DPBERT-soft", colour: "#56B4E9", symbol: "hourglass", dash: "dash" },
  "static-subset": { label: "Static subset", colour: "#332288", symbol: "bowtie", dash: "dot" },
};

/** What differs where a method under other settings is a system of its own: never its colour. */
const variants: Record<string, Record<string, Partial<MethodStyle>>> = {
  bert: { "extraSteps=stage3": { label: "BERT, as many more steps", symbol: "star-diamond" } },
  "bert-first-k": {
    "extraSteps=stage3": { label: "BERT, first k layers, as many more steps", symbol: "star-square" },
  },
  pabee: {
    "exitBy=entropy": { label: "PABEE's exits by entropy", symbol: "triangle-right", dash: "dot" },
    "exitInput=standardised": { label: "PABEE, standardised", symbol: "triangle-left", dash: "longdash" },
    "exitBy=entropy-exitInput=standardised": {
      label: "PABEE's exits by entropy, standardised",
      symbol: "star-triangle-up",
      dash: "longdashdot",
    },
  },
  deebert: {
    "exitInput=standardised": { label: "DeeBERT, standardised", symbol: "octagon", dash: "dot" },
  },
  "static-subset": {
    "subset=search": { label: "Static subset, searched" },
    "": { label: "Static subset, searched" },
    "subset=commonest": { label: "Static subset, commonest path", symbol: "diamond-tall" },
    "subset=random": { label: "Static subset, random", symbol: "diamond-wide" },
  },
};

/** Grey, kept for the paper's own points and lines. */
export const paperColour = "#767676";

/** Style of a method; one without a style of its own is drawn in black crosses under its id. */
export function methodStyle(method: string): MethodStyle {
  return styles[method] ?? { label: method, colour: "#000000", symbol: "cross", dash: "dot" };
}

/** Style of a method under settings that no curve runs through (`Family`). */
export function familyStyle({ method, setting }: { method: string; setting: string }): MethodStyle {
  const style = methodStyle(method), variant = variants[method]?.[setting];
  if (variant) return { ...style, ...variant };
  return setting ? { ...style, label: `${style.label} (${setting})` } : style;
}

/** Label of a method and its setting: `DPBERT (t0.6)`. */
export function methodLabel(method: string, setting = ""): string {
  return methodStyle(method).label + (setting ? ` (${setting})` : "");
}

/** A task's name as tables show it: `STS-B`. */
export function taskLabel(task: string): string {
  return tasks.find(({ id }) => id === task)?.title ?? task;
}

/** `methods` in the order of Table 1; those it does not have come last, by name. */
export function inMethodOrder(methods: Iterable<string>): string[] {
  return inOrder(methods, Object.keys(styles));
}

/** `tasks` in the order of Table 1's columns; others last, by name. */
export function inTaskOrder(tasks: Iterable<string>): string[] {
  return inOrder(tasks, trainableTasks);
}

function inOrder(names: Iterable<string>, order: readonly string[]): string[] {
  const place = (name: string) => order.includes(name) ? order.indexOf(name) : order.length;
  return [...new Set(names)].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

/** Width of every figure, in pixels. */
export const figureWidth = 960;

/** Line and tick style every axis shares. */
export const axisStyle = {
  gridcolor: "#d9d9d9",
  linecolor: "#404040",
  showline: true,
  ticks: "outside",
  zeroline: false,
  automargin: true,
};

/** The layout every figure starts from: an opaque white card with dark text and the legend on top. */
export function baseLayout(height: number): Record<string, unknown> {
  return {
    width: figureWidth,
    height,
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    font: { family: "DejaVu Sans", size: 15, color: "#1a1a1a" },
    legend: { orientation: "h", x: 0.5, xanchor: "center", y: 1.03, yanchor: "bottom" },
    margin: { l: 75, r: 30, t: 70, b: 65 },
  };
}
