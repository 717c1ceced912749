/** Path length by known difficulty: a panel per task, a line per system. */
import type { GradedRun } from "../runs/graded.ts";
import { executedLayers } from "./difficulty.ts";
import { familyOf } from "./families.ts";
import { provenanceNote, type RunGroup } from "./groups.ts";
import { sourcesOf } from "./leads.ts";
import { markNote, pointMarks } from "./marks.ts";
import { gradedNote } from "./missing.ts";
import { panelAxes, panelsHeight, panelsLayout, showEachLegendOnce } from "./panels.ts";
import { standingGroups, standingNote } from "./standing.ts";
import { summarise } from "./statistics.ts";
import type { Study } from "./study.ts";
import { familyStyle, figureWidth, inTaskOrder, methodLabel, taskLabel } from "./style.ts";
import type { Figure } from "./value.ts";
import { whiskers } from "./whiskers.ts";

/**
 * Mean layers executed by level of difficulty of every system that spends different numbers of layers on different
 * inputs; points are means over seeds, whiskers go from the smallest to the largest. Empty without rows of known
 * difficulty.
 */
export function pathLengthFigure(study: Study): Figure {
  const { graded, profile } = study;
  const groups = standingGroups(study).filter((group) => runsOf(graded, group).some(variesLayers));
  const tasks = inTaskOrder(groups.map(({ task }) => task)), height = panelsHeight(tasks.length, 250);
  const traces = tasks.flatMap((task, panel) =>
    groups.filter((group) => group.task === task).map((group) =>
      levelTrace(runsOf(graded, group), group, panel)
    )
  );
  const layers = Math.max(1, ...groups.map(({ records: [{ path }] }) => path.numLayers));
  return {
    name: "path_length",
    caption:
      "Path length. Layers executed by level of difficulty, which is known by construction. Points: mean over dev inputs and " +
      `seeds; whiskers: smallest to largest seed. ${standingNote} DPBERT: ${
        methodLabel("dpbert", study.setting)
      }. ${provenanceNote(profile, groups)}${markNote(...groups)}${gradedNote(groups)}`,
    spec: {
      data: showEachLegendOnce(traces),
      layout: panelsLayout(height, tasks.length, (panel) => ({
        x: { title: { text: "Level of difficulty" }, dtick: 1 },
        y: { title: { text: `${taskLabel(tasks[panel])}: layers` }, range: [0, layers + 0.7] },
      })),
    },
    width: figureWidth,
    height,
    sources: sourcesOf(groups),
  };
}

const runsOf = (graded: readonly GradedRun[], { records }: RunGroup) =>
  graded.filter(({ record }) => records.includes(record));

/** Whether the inputs of a run execute different numbers of layers. */
const variesLayers = ({ rows }: GradedRun) => new Set(rows.map(executedLayers)).size > 1;

function levelTrace(runs: readonly GradedRun[], group: RunGroup, panel: number) {
  const { colour, symbol, dash, label } = familyStyle(familyOf(group.records[0]));
  const levels = [...new Set(runs[0].rows.map(({ level }) => level))].sort((a, b) => a - b);
  const found = levels.map((level) =>
    summarise(runs.map(({ rows }) => {
      const own = rows.filter((row) => row.level === level);
      return own.reduce((sum, row) => sum + executedLayers(row), 0) / own.length;
    }))
  );
  return {
    type: "scatter",
    mode: "lines+markers",
    name: label,
    legendgroup: label,
    ...pointMarks(levels.map(() => group)),
    x: levels,
    y: found.map(({ mean }) => mean),
    error_y: whiskers(found),
    marker: { color: colour, symbol, size: 10 },
    line: { color: colour, dash, width: 2.5 },
    ...panelAxes(panel),
  };
}
