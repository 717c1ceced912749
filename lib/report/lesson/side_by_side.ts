/** One training stage: its curve, and its losses on two backends step for step. */
import { lessonNote } from "./tables.ts";
import { mean } from "../statistics.ts";
import { axisStyle, baseLayout, figureWidth, showBound, showDecimals, taskLabel } from "../style.ts";
import type { Figure, Table } from "../value.ts";

/** A stage's curve on one backend; every line has `step` and `loss`. */
export interface BackendRun {
  backend: string;
  result: { curve: readonly ({ step: number } & Record<string, number>)[] };
}

/** What a picture of a stage says of it. */
export interface StageFacts {
  /** `Stage 1`. */
  title: string;
  /** Id of the task, a classification. */
  task: string;
  batchSize: number;
  seed: number;
  /** t of Eq. 11, of a stage that samples paths. */
  targetRate?: number;
}

const backendNames: Record<string, string> = { webgpu: "WebGPU" };
const backendName = (backend: string) => backendNames[backend] ?? backend;

/** Of so many losses, those before and after one over which it is averaged to be readable: one batch says little. */
const reach = (losses: number) => Math.min(5, Math.ceil(losses / 8));

/**
 * A stage from its first step to its last: the loss of single batches as dots and their running mean as a line; where the
 * stage plans, the mean execute probability in a second panel, with the target rate as a level if there is one.
 */
export function curveFigure(
  name: string,
  { title, task, batchSize, seed, targetRate }: StageFacts,
  { backend, result: { curve } }: BackendRun,
): Figure {
  const x = curve.map(({ step }) => step), losses = curve.map(({ loss }) => loss);
  const loss = [
    { ...dots, name: "one batch", x, y: losses },
    {
      ...line("#0072B2"),
      name: "running mean of the loss",
      x,
      y: runningMeans(losses, reach(losses.length)),
    },
  ];
  const second = { xaxis: "x2", yaxis: "y2" }, plans = curve[0]?.meanExecuteProb !== undefined;
  const steps = x.at(-1)!, probs = curve.map(({ meanExecuteProb }) => meanExecuteProb);
  const plan = plans
    ? [{ ...line("#E69F00"), ...second, name: "mean execute probability μ", x, y: probs }]
    : [];
  const level = { x: [x[0], steps], y: [targetRate, targetRate] };
  const target = plans && targetRate !== undefined
    ? [{ ...line("#1a1a1a", "dot"), ...second, name: `target rate t = ${targetRate}`, ...level }]
    : [];
  const lossTitle = targetRate === undefined ? "Task loss" : "Task loss of sampled paths";
  const panels = [
    { title: { text: `${lossTitle}<br>(cross-entropy, nats)`, standoff: 12 } },
    ...plans ? [{ title: { text: "Mean execute probability μ", standoff: 12 }, range: [0, 1.02] }] : [],
  ];
  return {
    name,
    caption:
      `${title} on ${backendName(backend)}: ${taskLabel(task)}, ${steps} steps of ${batchSize} inputs, ` +
      `seed ${seed}; a dot about every fifth step. ${lessonNote}`,
    spec: { data: [...loss, ...plan, ...target], layout: panelsLayout(panels, steps) },
    width: figureWidth,
    height: panelHeight,
  };
}

const dots = { type: "scatter", mode: "markers", marker: { color: "#767676", size: 5 } };

const line = (color: string, dash = "solid") => ({
  type: "scatter",
  mode: "lines",
  line: { color, width: 2.5, dash },
});

/** Each value's mean with `reach` before and `reach` after it, or those that there are. */
export function runningMeans(values: readonly number[], reach: number): number[] {
  return values.map((_, at) => mean(values.slice(Math.max(0, at - reach), at + reach + 1)));
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

/** Panels beside each other, over the same steps; `panels` are their second axes. */
function panelsLayout(panels: readonly Record<string, unknown>[], steps: number): Record<string, unknown> {
  const x = { ...axisStyle, title: { text: "Step" }, range: [-0.02 * steps, 1.02 * steps] };
  const axes = panels.flatMap((y, panel) => {
    const number = panel === 0 ? "" : `${panel + 1}`;
    return [[`xaxis${number}`, x], [`yaxis${number}`, { ...axisStyle, ...y }]];
  });
  return {
    ...baseLayout(panelHeight),
    grid: { rows: 1, columns: panels.length, pattern: "independent", xgap: 0.18 },
    ...Object.fromEntries(axes),
  };
}
