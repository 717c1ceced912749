/** One training stage: its curve, and its losses on two backends step for step. */
import { lessonNote } from "./lesson.ts";
import { mean } from "./statistics.ts";
import { axisStyle, baseLayout, figureWidth, showBound, showDecimals } from "./style.ts";
import type { Figure, Table } from "./value.ts";

/** A stage's curve on one backend; every line has `step` and `loss`. */
export interface BackendRun {
  backend: string;
  result: { curve: readonly ({ step: number } & Record<string, number>)[] };
}

/** Names of the numbers a curve may carry, as axes show them. */
const columnNames: Record<string, string> = {
  loss: "Loss",
  meanExecuteProb: "Mean execute probability μ",
};

const backendNames: Record<string, string> = { webgpu: "WebGPU" };
const backendName = (backend: string) => backendNames[backend] ?? backend;

/** Recorded steps before and after one over which its loss is averaged to be readable: one batch says little. */
const reach = 5;

/**
 * A stage from its first step to its last: the loss of single batches as dots and their running mean as a line; where the
 * stage plans, the mean execute probability in a second panel, with the target rate as a level if there is one.
 */
export function curveFigure(
  name: string,
  stage: string,
  { backend, result: { curve } }: BackendRun,
  targetRate?: number,
): Figure {
  const x = curve.map(({ step }) => step), losses = curve.map(({ loss }) => loss);
  const loss = [
    { ...dots, name: "one batch", x, y: losses },
    { ...line("#0072B2"), name: "running mean", x, y: runningMeans(losses, reach) },
  ];
  const second = { xaxis: "x2", yaxis: "y2" }, plans = curve[0]?.meanExecuteProb !== undefined;
  const ends = [x[0], x.at(-1)!];
  const plan = plans
    ? [{ ...line("#E69F00"), ...second, name: "μ", x, y: curve.map((at) => at.meanExecuteProb) }]
    : [];
  const target = plans && targetRate !== undefined
    ? [{ ...line("#767676", "dot"), ...second, name: "target rate t", x: ends, y: [targetRate, targetRate] }]
    : [];
  const panels = ["loss", ...plans ? ["meanExecuteProb"] : []];
  return {
    name,
    caption: `${stage} on ${backendName(backend)}, every fifth step. ${lessonNote}`,
    spec: { data: [...loss, ...plan, ...target], layout: panelsLayout(panelHeight, panels) },
    width: figureWidth,
    height: panelHeight,
  };
}

const dots = { type: "scatter", mode: "markers", marker: { color: "#a6a6a6", size: 5 } };

const line = (color: string, dash = "solid") => ({
  type: "scatter",
  mode: "lines",
  line: { color, width: 2.5, dash },
});

/** Each value's mean with up to `reach` before and after it, as many on either side. */
export function runningMeans(values: readonly number[], reach: number): number[] {
  return values.map((_, at) => {
    const near = Math.min(reach, at, values.length - 1 - at);
    return mean(values.slice(at - near, at + near + 1));
  });
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
  if (!second) return `No second backend beside ${chosen}: this machine has no WebGPU adapter.`;
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

const panelHeight = 400;

/** Where an axis does not follow its numbers: probabilities. */
const ranges: Record<string, { range: number[] }> = { meanExecuteProb: { range: [0, 1.02] } };

function panelsLayout(height: number, panels: readonly string[]): Record<string, unknown> {
  const axes = panels.flatMap((key, panel) => {
    const number = panel === 0 ? "" : `${panel + 1}`;
    return [
      [`xaxis${number}`, { ...axisStyle, title: { text: "Step" } }],
      [`yaxis${number}`, { ...axisStyle, title: { text: columnNames[key], standoff: 12 }, ...ranges[key] }],
    ];
  });
  return {
    ...baseLayout(height),
    grid: { rows: 1, columns: panels.length, pattern: "independent", xgap: 0.18 },
    ...Object.fromEntries(axes),
  };
}
