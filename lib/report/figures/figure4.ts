/** Figure 4 of the paper: which layers run, per task, and here per level of difficulty. */
import type { GradedRun } from "../../runs/records/graded.ts";
import type { RunRecord } from "../../runs/records/record.ts";
import { executedShares } from "../difficulty/levels.ts";
import { groupRuns, provenanceNote, type RunGroup } from "../study/groups.ts";
import { sourcesOf } from "../study/leads.ts";
import { marked, markNote } from "../study/marks.ts";
import { gradedNote } from "../study/missing.ts";
import { panelAxes, panelsHeight, panelsLayout, unlegendedMargin } from "./panels.ts";
import { mean, summarise, type Summary } from "../statistics.ts";
import { figureWidth, methodLabel, methodStyle, taskLabel } from "../style.ts";
import type { Figure } from "../value.ts";
import { whiskers } from "./whiskers.ts";

/**
 * The paper's Figure 4: the share of dev inputs that execute each layer, a panel per task; bars are means over seeds,
 * whiskers reach from the smallest to the largest seed. `method` and `setting` pick the runs.
 */
export function executedShareFigure(
  records: readonly RunRecord[],
  profile: string,
  method = "dpbert",
  setting = "",
): Figure {
  const groups = groupRuns(records, [], profile)
    .filter((group) => group.method === method && group.setting === setting);
  const height = panelsHeight(groups.length, 240);
  return {
    name: "figure4",
    caption:
      `Figure 4. Dev inputs for which ${methodLabel(method, setting)} executes each layer. Bars: mean over ` +
      `seeds; whiskers: smallest to largest seed. ${provenanceNote(profile, groups)}${markNote(...groups)}`,
    spec: {
      data: groups.map(shareBars),
      layout: {
        ...panelsLayout(height, groups.length, (panel) => ({
          x: { title: { text: "Layer" }, dtick: 1, showgrid: false },
          y: {
            title: { text: `${marked(taskLabel(groups[panel].task), groups[panel])}: inputs (%)` },
            range: [0, 105],
          },
        })),
        bargap: 0.25,
        showlegend: false,
        margin: unlegendedMargin,
      },
    },
    width: figureWidth,
    height,
    sources: sourcesOf(groups),
  };
}

function shareBars({ task, method, records }: RunGroup, panel: number) {
  const shares = records[0].path.executedShare.map((_, layer) =>
    summarise(records.map((record) => record.path.executedShare[layer] * 100))
  );
  return {
    type: "bar",
    name: taskLabel(task),
    x: shares.map((_, layer) => layer + 1), // layers count from 1 only where they are shown
    y: shares.map((share) => share.mean),
    marker: { color: methodStyle(method).colour },
    error_y: whiskers(shares),
    ...panelAxes(panel),
  };
}

/** The shades of a share, from none to all, and from where on its number is written in white. */
const shades = ["#ffffff", "#d6e6f4", "#abcfe5", "#6aaed6", "#3787c0", "#105ba4"], whiteFrom = 0.7;

/**
 * The same by level of difficulty: a panel per task, a row of cells per level, in each cell the percentage of its inputs
 * that execute the layer, mean over seeds. Empty without rows of known difficulty.
 */
export function executedShareByLevelFigure(
  graded: readonly GradedRun[],
  profile: string,
  method = "dpbert",
  setting = "",
): Figure {
  const groups = groupRuns(graded.map(({ record }) => record), [], profile)
    .filter((group) => group.method === method && group.setting === setting);
  const shares = groups.map((group) =>
    sharesByLevel(graded.filter(({ record }) => group.records.includes(record)))
  );
  const height = panelsHeight(groups.length, 250);
  return {
    name: "figure4_levels",
    caption: `Figure 4 by level. Percent of the dev inputs of each level of difficulty for which ${
      methodLabel(method, setting)
    } executes each layer, mean over seeds. 1/3: all inputs in one of three seeds, none in the others. *: seeds differ by more than 50 points. ${
      provenanceNote(profile, groups)
    }${markNote(...groups)}${gradedNote(groups)}`,
    spec: {
      data: [
        ...shares.flatMap((levels, panel) => levels.map((level) => levelCells(level, panel))),
        ...shares.length > 0 ? [shadesBar] : [],
      ],
      layout: {
        ...panelsLayout(height, groups.length, (panel) => ({
          x: { title: { text: "Layer" }, dtick: 1, showgrid: false },
          y: {
            title: { text: `${marked(taskLabel(groups[panel].task), groups[panel])}: level` },
            dtick: 1,
            showgrid: false,
          },
        })),
        barmode: "overlay",
        bargap: 0.04,
        showlegend: false,
        margin: { ...unlegendedMargin, r: 80 },
      },
    },
    width: figureWidth,
    height,
    sources: sourcesOf(groups),
  };
}

interface LevelShares {
  level: number;
  /** Per layer, over seeds: the share of its inputs that execute it. */
  shares: Summary[];
  /** What its cells say. */
  texts: string[];
}

function sharesByLevel(runs: readonly GradedRun[]): LevelShares[] {
  const levels = [...new Set(runs[0].rows.map(({ level }) => level))].sort((a, b) => a - b);
  return levels.map((level) => {
    const rows = runs.map((run) => run.rows.filter((row) => row.level === level));
    const shares = rows.map(executedShares),
      bySeed = shares[0].map((_, layer) => shares.map((own) => own[layer]));
    return { level, shares: bySeed.map(summarise), texts: bySeed.map(cellText) };
  });
}

/** Seeds that are all or nothing and differ are counted, not averaged: 33 would look like a gate that opens at times. */
function cellText(shares: readonly number[]): string {
  const all = shares.filter((share) => share === 1),
    isEither = shares.every((share) => share === 0 || share === 1);
  if (isEither && all.length > 0 && all.length < shares.length) return `${all.length}/${shares.length}`;
  const isFarApart = Math.max(...shares) - Math.min(...shares) > 0.5;
  return `${Math.round(100 * mean(shares))}${isFarApart ? "*" : ""}`;
}

/** Nothing but the bar beside the panels that says which shade is which percentage. */
const shadesBar = {
  type: "scatter",
  mode: "markers",
  x: [null],
  y: [null],
  marker: {
    color: [0],
    cmin: 0,
    cmax: 100,
    colorscale: shades.flatMap((shade, at) => {
      const edge = (step: number) => Math.min(1, Math.max(0, (step - 0.5) / (shades.length - 1)));
      return [[edge(at), shade], [edge(at + 1), shade]];
    }),
    showscale: true,
    colorbar: {
      ticksuffix: " %",
      thickness: 14,
      outlinewidth: 1,
      x: 1.01,
      len: 220,
      lenmode: "pixels",
      y: 1,
      yanchor: "top",
    },
  },
};

/** Cells are bars of height 1 that start at their level: a picture of shades alone would need a canvas. */
function levelCells({ level, shares, texts }: LevelShares, panel: number) {
  return {
    type: "bar",
    x: shares.map((_, layer) => layer + 1),
    y: shares.map(() => 0.96),
    base: level - 0.48,
    text: texts,
    textposition: "inside",
    insidetextanchor: "middle",
    textangle: 0,
    textfont: { size: 12, color: shares.map(({ mean }) => mean >= whiteFrom ? "#ffffff" : "#1a1a1a") },
    marker: {
      color: shares.map(({ mean }) => shades[Math.round(mean * (shades.length - 1))]),
      line: { color: "#8c8c8c", width: 0.5 },
    },
    ...panelAxes(panel),
  };
}
