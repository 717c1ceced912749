/** How one run trained: the loss of every stage and, in the stages that plan, how much is executed. */
import type { CurveLine } from "../../runs/records/record.ts";
import { smokeNote } from "../study/groups.ts";
import { runningMeans } from "../lesson/side_by_side.ts";
import { axisStyle, baseLayout, figureWidth, methodLabel, taskLabel } from "../style.ts";
import type { Figure } from "../value.ts";

/** The run whose curve is drawn. */
export interface CurveRun {
  profile: string;
  task: string;
  method: string;
  setting?: string;
  seed: number;
  /** t of Eq. 11, drawn as a level. */
  targetRate?: number;
}

/** A series of the lower panel. */
interface RateSeries {
  label: string;
  colour: string;
  symbol: string;
  dash: string;
  read: (line: CurveLine) => number | undefined;
}

/** No method's colour: a stage is none. */
const stageStyles = [
  { colour: "#1a1a1a", dash: "solid" },
  { colour: "#4d4d4d", dash: "dash" },
  { colour: "#1a1a1a", dash: "dashdot" },
  { colour: "#4d4d4d", dash: "dot" },
];

/** Losses of single batches, behind their mean. */
const dots = { type: "scatter", mode: "markers", marker: { color: "#cccccc", size: 4 } };

/** Recorded steps before and after one over which its loss is averaged to be readable. */
const reach = 10;

const rateSeries: RateSeries[] = [
  {
    label: "mean execute probability μ",
    colour: "#E69F00",
    symbol: "star",
    dash: "solid",
    read: (line) => numberOf(line.meanExecuteProb),
  },
  {
    label: "layers executed (share)",
    colour: "#000000",
    symbol: "x",
    dash: "dash",
    read: (line) => numberOf(line.executionRate),
  },
];

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/**
 * Two panels over the training step, counted through all stages: the loss of single batches as dots, with a line of
 * its running mean per stage; below, `meanExecuteProb` (Eq. 10) and the share of layers executed (`executionRate`) of
 * the lines that carry them, with the target rate as a level. The lower panel is left out if no line carries any.
 */
export function trainingCurvesFigure(lines: readonly CurveLine[], run: CurveRun): Figure {
  const stages = [...new Set(lines.map((line) => line.stage))];
  const steps = stepsThroughStages(lines);
  const losses = stages.map((stage, i) =>
    lossTrace(lines, steps, stage, stageStyles[i % stageStyles.length])
  );
  const batches = lines.length > 0
    ? [{ ...dots, name: "loss, one batch", x: steps, y: lines.map(({ loss }) => loss) }]
    : [];
  const rates = rateSeries.flatMap((series) => rateTrace(lines, steps, series));
  const target = rates.length > 0 && run.targetRate !== undefined ? [targetTrace(steps, run.targetRate)] : [];
  const height = rates.length > 0 ? 640 : 400;
  return {
    name: `curves-${run.task}-${run.method}`,
    caption:
      `Training of ${methodLabel(run.method, run.setting)} on ${taskLabel(run.task)}, seed ${run.seed}, ` +
      `profile ${run.profile}: 1 run, no spread. Steps are counted through the stages. Loss: running mean of each stage.${
        smokeNote(run.profile)
      }`,
    spec: { data: [...batches, ...losses, ...rates, ...target], layout: layout(height, rates.length > 0) },
    width: figureWidth,
    height,
  };
}

/** Each line's step counted from the start of the first stage; a stage that counts from 0 again is shifted. */
function stepsThroughStages(lines: readonly CurveLine[]): number[] {
  let shift = 0;
  let last = 0;
  return lines.map((line, i) => {
    const restarted = i > 0 && line.stage !== lines[i - 1].stage && line.step + shift <= last;
    if (restarted) shift = last;
    return last = line.step + shift;
  });
}

function lossTrace(
  lines: readonly CurveLine[],
  steps: readonly number[],
  stage: string,
  { colour, dash }: { colour: string; dash: string },
) {
  const own = lines.flatMap((line, i) => line.stage === stage ? [{ x: steps[i], loss: line.loss }] : []);
  return {
    type: "scatter",
    mode: "lines",
    name: `loss, ${stage}`,
    x: own.map(({ x }) => x),
    y: runningMeans(own.map(({ loss }) => loss), reach),
    line: { color: colour, width: 2.5, dash },
  };
}

function rateTrace(lines: readonly CurveLine[], steps: readonly number[], series: RateSeries) {
  const points = lines.flatMap((line, i) => {
    const y = series.read(line);
    return y === undefined ? [] : [{ x: steps[i], y }];
  });
  return points.length > 0 ? [trace(series.label, points, series, { xaxis: "x", yaxis: "y2" })] : [];
}

function trace(
  name: string,
  points: readonly { x: number; y: number }[],
  { colour, symbol, dash }: { colour: string; symbol: string; dash: string },
  axes: Record<string, string>,
) {
  return {
    type: "scatter",
    mode: "lines+markers",
    name,
    x: points.map((point) => point.x),
    y: points.map((point) => point.y),
    line: { color: colour, width: 2, dash },
    // Markers on every point would hide the line; a dozen tell the series apart without colour.
    marker: { color: colour, symbol, size: 8, maxdisplayed: 12 },
    ...axes,
  };
}

function targetTrace(steps: readonly number[], targetRate: number) {
  return {
    type: "scatter",
    mode: "lines",
    name: `target rate t = ${targetRate}`,
    x: [Math.min(...steps), Math.max(...steps)],
    y: [targetRate, targetRate],
    line: { color: "#1a1a1a", width: 1.5, dash: "dot" },
    xaxis: "x",
    yaxis: "y2",
  };
}

function layout(height: number, twoPanels: boolean): Record<string, unknown> {
  const step = { ...axisStyle, title: { text: "Step" }, anchor: twoPanels ? "y2" : "y" };
  return {
    ...baseLayout(height),
    xaxis: step,
    yaxis: { ...axisStyle, title: { text: "Loss" }, domain: twoPanels ? [0.52, 1] : [0, 1] },
    ...twoPanels
      ? {
        yaxis2: { ...axisStyle, title: { text: "Share of layers" }, domain: [0, 0.44], range: [-0.03, 1.05] },
      }
      : {},
  };
}
