/** Figures 3 and 4 of the paper, from records and timings. */
import type { RunRecord, TimingRecord } from "../runs/record.ts";
import {
  findGroup,
  groupRuns,
  methodsOf,
  otherRowsNote,
  provenanceNote,
  type RunGroup,
  scoresOf,
} from "./groups.ts";
import { sourcesOf } from "./leads.ts";
import type { Paper } from "./paper.ts";
import { mean, summarise, type Summary } from "./statistics.ts";
import {
  axisStyle,
  baseLayout,
  figureWidth,
  inTaskOrder,
  methodLabel,
  methodStyle,
  paperColour,
  taskLabel,
  taskSeries,
} from "./style.ts";
import type { Figure } from "./value.ts";

/**
 * The paper's Figure 4: the share of dev inputs that execute each layer, one series of bars per task; bars are means
 * over seeds, whiskers reach from the smallest to the largest seed. `method` and `setting` pick the runs.
 */
export function executedShareFigure(
  records: readonly RunRecord[],
  profile: string,
  method = "dpbert",
  setting = "",
): Figure {
  const groups = groupRuns(records, [], profile)
    .filter((group) => group.method === method && group.setting === setting);
  const height = 440;
  return {
    name: "figure4",
    caption:
      `Figure 4. Dev inputs for which ${methodLabel(method, setting)} executes each layer. Bars: mean over ` +
      `seeds; whiskers: smallest to largest seed. ${provenanceNote(profile, groups)}`,
    spec: { data: groups.map(executedShareBars), layout: executedShareLayout(height) },
    width: figureWidth,
    height,
    sources: sourcesOf(groups),
  };
}

function executedShareBars(group: RunGroup, place: number) {
  const { colour, pattern } = taskSeries[place % taskSeries.length];
  const layers = group.records[0].path.executedShare.map((_, layer) =>
    summarise(group.records.map((record) => record.path.executedShare[layer] * 100))
  );
  return {
    type: "bar",
    name: taskLabel(group.task),
    x: layers.map((_, layer) => layer + 1), // layers count from 1 only where they are shown
    y: layers.map((share) => share.mean),
    // A pattern without bgcolor draws an empty bar.
    marker: {
      color: colour,
      line: { color: "#1a1a1a", width: 1 },
      pattern: { shape: pattern, bgcolor: colour, fgcolor: "#ffffff", size: 8 },
    },
    error_y: whiskers(layers, group.records.length),
  };
}

/** Error bars from smallest to largest; hidden for a single run. */
function whiskers(values: readonly Summary[], runs: number) {
  return {
    type: "data",
    symmetric: false,
    visible: runs > 1,
    array: values.map((value) => value.largest - value.mean),
    arrayminus: values.map((value) => value.mean - value.smallest),
    color: "#1a1a1a",
    thickness: 1.5,
    width: 4,
  };
}

function executedShareLayout(height: number): Record<string, unknown> {
  return {
    ...baseLayout(height),
    barmode: "group",
    bargap: 0.25,
    xaxis: { ...axisStyle, title: { text: "Layer" }, dtick: 1, showgrid: false },
    yaxis: { ...axisStyle, title: { text: "Inputs that execute it (%)" }, range: [0, 105] },
  };
}

/** One operating point: a method under one setting, with its latency measured. */
interface Point {
  group: RunGroup;
  /** Percent of BERT's latency. */
  latency: Summary;
  score: Summary;
}

/**
 * The paper's Figure 3: dev score against batch-1 latency in percent of BERT's, one panel per task,
 * one line per method through the settings whose latency was measured, BERT at 100; points are means over seeds, whiskers reach from the smallest to
 * the largest. The grey cross is the paper's claim (98 % of BERT's score at 75 % of its latency) applied to our BERT.
 */
export function figure3(
  records: readonly RunRecord[],
  timings: readonly TimingRecord[],
  paper: Paper,
  profile: string,
): Figure {
  const groups = groupRuns(records, timings, profile);
  const points = groups.flatMap(pointOf);
  const tasks = inTaskOrder(points.map((point) => point.group.task));
  const rows = Math.max(1, Math.ceil(tasks.length / 2));
  const height = 60 + 380 * rows;
  const methods = [...new Set(methodsOf(points.map((point) => point.group)).map(({ method }) => method))];
  const lines = tasks.flatMap((task, panel) =>
    methods.flatMap((method) => methodLine(points, task, method, panel))
  );
  const claims = tasks.flatMap((task, panel) => claimPoint(findGroup(groups, task, "bert"), paper, panel));
  return {
    name: "figure3",
    caption:
      "Figure 3. Dev score against latency at batch size 1. Points: mean over seeds; whiskers: smallest to " +
      `largest seed. Grey cross: the paper's claim, ${paper.claims.keptPercent} % of BERT's score at ` +
      `${paper.claims.latencyPercent} % of its latency, from our BERT's score. ${
        provenanceNote(profile, groups) + otherRowsNote(profile)
      }`,
    spec: { data: showEachLegendOnce([...lines, ...claims]), layout: panelLayout(height, tasks, rows) },
    width: figureWidth,
    height,
    sources: sourcesOf(points.map(({ group }) => group)),
  };
}

function pointOf(group: RunGroup): Point[] {
  const score = summarise(scoresOf(group));
  if (group.method === "bert") return [{ group, latency: summarise([100]), score }]; // the measure itself
  const latencies = group.timings.flatMap(({ latency }) =>
    latency ? [100 * latency.medianMs / latency.fullMedianMs] : []
  );
  return latencies.length > 0 ? [{ group, latency: summarise(latencies), score }] : [];
}

function methodLine(points: readonly Point[], task: string, method: string, panel: number) {
  const own = points.filter(({ group }) => group.task === task && group.method === method);
  if (own.length === 0) return [];
  own.sort((a, b) => a.latency.mean - b.latency.mean);
  const { label, colour, symbol, dash } = methodStyle(method);
  const runs = Math.max(...own.map((point) => point.score.n));
  return [{
    type: "scatter",
    mode: own.length > 1 ? "lines+markers" : "markers",
    name: label,
    legendgroup: method,
    x: own.map((point) => point.latency.mean),
    y: own.map((point) => point.score.mean),
    text: own.map((point) => methodLabel(method, point.group.setting)),
    error_x: whiskers(own.map((point) => point.latency), runs),
    error_y: whiskers(own.map((point) => point.score), runs),
    marker: { color: colour, symbol, size: 11 },
    line: { color: colour, dash, width: 2.5 },
    ...panelAxes(panel),
  }];
}

function claimPoint(bert: RunGroup | undefined, { claims }: Paper, panel: number) {
  if (!bert) return [];
  return [{
    type: "scatter",
    mode: "markers",
    name:
      `the paper's claim: ${claims.keptPercent} % of BERT's score at ${claims.latencyPercent} % of its latency`,
    legendgroup: "paper",
    x: [claims.latencyPercent],
    y: [mean(scoresOf(bert)) * claims.keptPercent / 100],
    marker: { color: paperColour, symbol: "x-thin", size: 12, line: { color: paperColour, width: 3 } },
    ...panelAxes(panel),
  }];
}

function panelAxes(panel: number) {
  const number = panel === 0 ? "" : `${panel + 1}`;
  return { xaxis: `x${number}`, yaxis: `y${number}` };
}

/** The same method stands in every panel but only once in the legend. */
function showEachLegendOnce<T extends { legendgroup: string }>(traces: readonly T[]) {
  const first = new Map(traces.toReversed().map((trace) => [trace.legendgroup, trace]));
  return traces.map((trace) => ({ ...trace, showlegend: first.get(trace.legendgroup) === trace }));
}

function panelLayout(height: number, tasks: readonly string[], rows: number): Record<string, unknown> {
  const axes = tasks.flatMap((task, panel) => {
    const number = panel === 0 ? "" : `${panel + 1}`;
    return [
      [`xaxis${number}`, {
        ...axisStyle,
        title: { text: "Latency (% of BERT's)" },
        ...panel > 0 ? { matches: "x" } : {},
      }],
      [`yaxis${number}`, { ...axisStyle, title: { text: `${taskLabel(task)}: dev score × 100` } }],
    ];
  });
  return {
    ...baseLayout(height),
    grid: {
      rows,
      columns: Math.min(2, Math.max(1, tasks.length)),
      pattern: "independent",
      xgap: 0.16,
      ygap: 0.22,
    },
    ...Object.fromEntries(axes),
  };
}
