/** One training stage on two backends: its losses step for step, as a table and as a figure. */
import { lessonNote } from "./lesson.ts";
import { axisStyle, baseLayout, figureWidth, showBound, showDecimals } from "./style.ts";
import type { Figure, Table } from "./value.ts";

/** A stage's curve on one backend; every line has `step` and `loss`. */
export interface BackendRun {
  backend: string;
  result: { curve: readonly ({ step: number } & Record<string, number>)[] };
}

/** Names of the numbers a curve may carry, as tables and axes show them. */
const columnNames: Record<string, string> = {
  loss: "Loss",
  meanExecuteProb: "Mean execute probability μ",
  executionRate: "Share executed",
  totalReward: "Sum of rewards",
};

const backendNames: Record<string, string> = { webgpu: "WebGPU" };
const backendName = (backend: string) => backendNames[backend] ?? backend;

/** A stage's curve, one row per recorded step. */
export function curveTable(stage: string, { backend, result: { curve } }: BackendRun): Table {
  const keys = Object.keys(columnNames).filter((key) => curve.some((line) => line[key] !== undefined));
  return {
    name: "curve",
    caption: `${stage} on ${backendName(backend)}. ${lessonNote}`,
    columns: ["Step", ...keys.map((key) => columnNames[key])],
    rows: curve.map((line) => [`${line.step}`, ...keys.map((key) => showDecimals(line[key], 4))]),
    align: ["right", ...keys.map(() => "right" as const)],
  };
}

/** Losses of one step on two backends. */
export interface LossPair {
  step: number;
  first: number;
  second: number;
  /** |first - second| / |first|. */
  relative: number;
}

/** The steps that both curves have; none without a second one. */
export function lossPairs(first: BackendRun, second: BackendRun | null): LossPair[] {
  const others = new Map(second?.result.curve.map(({ step, loss }) => [step, loss]));
  return first.result.curve.filter(({ step }) => others.has(step)).map(({ step, loss }) => ({
    step,
    first: loss,
    second: others.get(step)!,
    relative: Math.abs(loss - others.get(step)!) / Math.abs(loss),
  }));
}

/** The largest relative difference of losses; 0 without a second backend. */
export function largestLossDifference(first: BackendRun, second: BackendRun | null): number {
  return Math.max(0, ...lossPairs(first, second).map(({ relative }) => relative));
}

/** Losses of two backends step for step; without a second one, a sentence that says so. */
export function lossesSideBySide(
  stage: string,
  first: BackendRun,
  second: BackendRun | null,
): Table | string {
  const chosen = backendName(first.backend);
  if (!second) {
    return `No second backend beside ${chosen}: this machine has no WebGPU adapter, or the lesson itself runs on it.`;
  }
  return {
    name: "losses-side-by-side",
    caption:
      `${stage}: the same batches and random numbers on two backends. Difference: relative. ${lessonNote}`,
    columns: ["Step", `Loss on ${chosen}`, `Loss on ${backendName(second.backend)}`, "Difference"],
    rows: lossPairs(first, second).map(({ step, first, second, relative }) => [
      `${step}`,
      showDecimals(first, 4),
      showDecimals(second, 4),
      showBound(relative),
    ]),
    align: ["right", "right", "right", "right"],
  };
}

const looks = [
  { line: { color: "#0072B2", width: 2 }, marker: { color: "#0072B2", symbol: "circle", size: 7 } },
  {
    line: { color: "#D55E00", width: 2, dash: "dash" },
    marker: { color: "#D55E00", symbol: "circle-open", size: 14, line: { width: 2 } },
  },
];

/** The stage's loss and, where it plans, its mean execute probability in a second panel: a line per backend. */
export function sideBySideFigure(
  name: string,
  stage: string,
  first: BackendRun,
  second: BackendRun | null,
): Figure {
  const runs = second ? [first, second] : [first];
  const panels = ["loss", "meanExecuteProb"].filter((key) =>
    first.result.curve.some((line) => line[key] !== undefined)
  );
  const data = panels.flatMap((key, panel) =>
    runs.map(({ backend, result: { curve } }, at) => ({
      type: "scatter",
      mode: "lines+markers",
      name: `on ${backendName(backend)}`,
      legendgroup: backend,
      showlegend: panel === 0,
      x: curve.map(({ step }) => step),
      // The last bits of a software adapter differ from run to run; the picture need not.
      y: curve.map((line) => Number(line[key].toFixed(4))),
      ...looks[at],
      ...(panel > 0 ? { xaxis: "x2", yaxis: "y2" } : {}),
    }))
  );
  const height = 400;
  return {
    name,
    caption: `${stage}: ${second ? "the same steps on two backends" : "one backend"}. ${lessonNote}`,
    spec: { data, layout: panelsLayout(height, panels) },
    width: figureWidth,
    height,
  };
}

function panelsLayout(height: number, panels: readonly string[]): Record<string, unknown> {
  const axes = panels.flatMap((key, panel) => {
    const number = panel === 0 ? "" : `${panel + 1}`;
    return [
      [`xaxis${number}`, { ...axisStyle, title: { text: "Step" } }],
      [`yaxis${number}`, { ...axisStyle, title: { text: columnNames[key], standoff: 12 } }],
    ];
  });
  return {
    ...baseLayout(height),
    grid: { rows: 1, columns: panels.length, pattern: "independent", xgap: 0.18 },
    ...Object.fromEntries(axes),
  };
}
