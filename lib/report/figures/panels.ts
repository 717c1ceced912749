/** One panel per task, two in a row: what the figures over tasks share. */
import { axisStyle, baseLayout } from "../style.ts";

/** Margins of a figure without a legend above it. */
export const unlegendedMargin = { l: 75, r: 30, t: 25, b: 65 };

/** Panels in a row. */
const across = 2;

/** How a panel's axes are titled and ranged. */
export interface PanelAxes {
  x: Record<string, unknown>;
  y: Record<string, unknown>;
}

/** The axes that a trace in panel `panel` (from 0) is drawn on. */
export function panelAxes(panel: number): { xaxis: string; yaxis: string } {
  return { xaxis: `x${suffix(panel)}`, yaxis: `y${suffix(panel)}` };
}

const suffix = (panel: number) => panel === 0 ? "" : `${panel + 1}`;

/** Height of a figure of `panels` panels, each about `each` pixels high. */
export function panelsHeight(panels: number, each: number): number {
  return 90 + each * Math.max(1, Math.ceil(panels / across));
}

/**
 * The layout of `panels` panels; `axesOf` gives each its axes. A grid of panels leaves little room between them, so the
 * gaps are given in pixels: for the title of an axis and its numbers.
 */
export function panelsLayout(
  height: number,
  panels: number,
  axesOf: (panel: number) => PanelAxes,
): Record<string, unknown> {
  const rows = Math.max(1, Math.ceil(panels / across)), inside = height - 90;
  const axes = Array.from({ length: panels }, (_, panel) => {
    const { x, y } = axesOf(panel);
    return [[`xaxis${suffix(panel)}`, { ...axisStyle, ...away(x, 8) }], [`yaxis${suffix(panel)}`, {
      ...axisStyle,
      ...away(y, 5),
    }]];
  }).flat();
  return {
    ...baseLayout(height),
    grid: {
      rows,
      columns: Math.min(across, Math.max(1, panels)),
      pattern: "independent",
      xgap: 0.2,
      ygap: Math.min(0.4, 75 * rows / inside), // a share of one panel
    },
    ...Object.fromEntries(axes),
  };
}

/** The axis with its title some pixels away from its numbers. */
function away(axis: Record<string, unknown>, standoff: number): Record<string, unknown> {
  return { ...axis, title: { ...axis.title as object, standoff } };
}

/** The same method stands in every panel but only once in the legend. */
export function showEachLegendOnce<T extends { legendgroup: string }>(traces: readonly T[]) {
  const first = new Map(traces.toReversed().map((trace) => [trace.legendgroup, trace]));
  return traces.map((trace) => ({ ...trace, showlegend: first.get(trace.legendgroup) === trace }));
}
