/** Path length by known difficulty: a panel per task, a line per system. */
import type { GradedRun } from "../../runs/records/graded.ts";
import { executedLayers } from "../difficulty/levels.ts";
import { familyOf } from "../comparison/families.ts";
import { provenanceNote, type RunGroup } from "../study/groups.ts";
import { sourcesOf } from "../study/leads.ts";
import { markNote, pointMarks, seedNote, seedSymbol } from "../study/marks.ts";
import { gradedNote } from "../study/missing.ts";
import { panelAxes, panelsHeight, panelsLayout, showEachLegendOnce } from "./panels.ts";
import { standingGroups, standingNote } from "../comparison/standing.ts";
import { mean, summarise, type Summary } from "../statistics.ts";
import type { Study } from "../study/study.ts";
import { familyStyle, figureWidth, inTaskOrder, taskLabel } from "../style.ts";
import type { Figure } from "../value.ts";
import { whiskers } from "./whiskers.ts";

/**
 * Mean layers executed by level of difficulty, on every task, of DPBERT and of every system that spends different numbers
 * of layers on different inputs of some task; points are means over seeds, whiskers go from the smallest to the largest.
 * Empty without rows of known difficulty.
 */
export function pathLengthFigure(study: Study): Figure {
  const { graded, profile } = study;
  const standing = standingGroups(study).filter((group) => runsOf(graded, group).length > 0);
  const varying = standing.filter((group) => runsOf(graded, group).some(variesLayers)).map(familyName);
  const groups = standing.filter((group) => group.method === "dpbert" || varying.includes(familyName(group)));
  const tasks = inTaskOrder(groups.map(({ task }) => task)), height = panelsHeight(tasks.length, 250);
  const drawn = groups.map((group) => ({ group, levels: layersByLevel(runsOf(graded, group)) }));
  const traces = tasks.flatMap((task, panel) =>
    drawn.filter(({ group }) => group.task === task).map(({ group, levels }) =>
      levelTrace(levels, group, panel)
    )
  );
  const layers = Math.max(1, ...groups.map(({ records: [{ path }] }) => path.numLayers));
  const ends = drawn.flatMap(({ levels }) => levels.flatMap(({ smallest, largest }) => [smallest, largest]));
  const range = [Math.floor(Math.min(...ends, layers)) - 0.5, Math.ceil(Math.max(...ends, 0)) + 0.5];
  return {
    name: "path_length",
    caption:
      "Path length. Layers executed by level of difficulty, which is known by construction. Points: mean over dev inputs and " +
      `seeds; whiskers: smallest to largest seed.${
        seedNote(groups)
      } ${standingNote} Its own: ${study.setting}. Systems that give all inputs as many layers on every task are left out. ${
        provenanceNote(profile, groups)
      }${markNote(...groups)}${gradedNote(groups)}`,
    spec: {
      data: showEachLegendOnce(traces),
      layout: panelsLayout(height, tasks.length, (panel) => ({
        x: { title: { text: "Level of difficulty" }, dtick: 1 },
        y: { title: { text: `${taskLabel(tasks[panel])}: layers (of ${layers})` }, range },
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

const familyName = ({ records: [record] }: RunGroup) => JSON.stringify(familyOf(record));

/** Mean layers of a level's inputs, over seeds. */
interface LevelLayers extends Summary {
  level: number;
}

function layersByLevel(runs: readonly GradedRun[]): LevelLayers[] {
  const levels = [...new Set(runs[0].rows.map(({ level }) => level))].sort((a, b) => a - b);
  return levels.map((level) => ({
    level,
    ...summarise(runs.map(({ rows }) => mean(rows.filter((row) => row.level === level).map(executedLayers)))),
  }));
}

function levelTrace(levels: readonly LevelLayers[], group: RunGroup, panel: number) {
  const { colour, symbol, dash, label } = familyStyle(familyOf(group.records[0]));
  return {
    type: "scatter",
    mode: "lines+markers",
    name: label,
    legendgroup: label,
    ...pointMarks(levels.map(() => group)),
    x: levels.map(({ level }) => level),
    y: levels.map(({ mean }) => mean),
    error_y: whiskers(levels),
    marker: { color: colour, symbol: seedSymbol(symbol, group), size: 10 },
    line: { color: colour, dash, width: 2.5 },
    ...panelAxes(panel),
  };
}
