/** Table 3: single inputs and the layers they execute, chosen by a rule and not by hand. */
import { microDev } from "../../micro/mod.ts";
import type { GradedRow } from "../../runs/records/graded.ts";
import { executedLayers } from "../difficulty/levels.ts";
import { findGroup, provenanceNote, type RunGroup } from "../study/groups.ts";
import { leadsOf, silentLeads } from "../study/leads.ts";
import { marked, markNote } from "../study/marks.ts";
import { fillCommand } from "../study/missing.ts";
import type { Study } from "../study/study.ts";
import {
  axisStyle,
  baseLayout,
  figureWidth,
  inTaskOrder,
  methodLabel,
  methodStyle,
  noValue,
  paperColour,
  showCounts,
  taskLabel,
} from "../style.ts";
import type { Figure, Lead, Table } from "../value.ts";

/** One input, ours or the paper's. */
interface Case {
  task: string;
  whose: "ours" | "the paper's";
  label: string;
  /** The layers it executes, from 1. */
  layers: number[];
  /** Of ours only. */
  row?: GradedRow;
  /** The runs that it is of; of ours only. */
  group?: RunGroup;
  /** Whether all inputs of the run take its path; of ours only. */
  isOnlyPath?: boolean;
}

/** What is shown. */
interface Choice {
  /** Ours before the paper's, task by task; the paper's alone where ours have no run of known difficulty. */
  cases: Case[];
  /** The runs that ours are chosen from. */
  groups: RunGroup[];
}

/** The tasks of the paper's Table 3. */
const paperTasks = ({ paper }: Study): string[] => [...new Set(paper.table3.map(({ task }) => task))];

/** On those tasks, then on all others on which ours are two. */
function choiceOf(study: Study): Choice {
  const papers = paperTasks(study), tasks = inTaskOrder(study.groups.map(({ task }) => task));
  const chosen = [...papers, ...tasks.filter((task) => !papers.includes(task))]
    .map((task) => ({ task, ours: ownCases(study, task) }))
    .filter(({ task, ours }) => papers.includes(task) || ours.length > 1);
  return {
    cases: chosen.flatMap(({ task, ours }) => [...ours, ...paperCases(study, task)]),
    groups: chosen.flatMap(({ task }) => findGroup(study.groups, task, "dpbert", study.setting) ?? []),
  };
}

/** What the captions say of the choice. */
function ruleOf(study: Study, groups: readonly RunGroup[]): string {
  const seeds = showCounts(groups.map(({ records: [{ seed }] }) => seed));
  return `Ours are of seed ${seeds} alone, on the paper's tasks and on every other one where paths differ in length: of ` +
    "the dev inputs predicted correctly, the first in the file with the fewest executed layers and the first with the " +
    `most, under ${methodLabel("dpbert", study.setting)}`;
}

function paperCases({ paper }: Study, task: string): Case[] {
  return paper.table3.filter((row) => row.task === task)
    .map(({ label, layers }) => ({ task, whose: "the paper's", label, layers }));
}

function ownCases(study: Study, task: string): Case[] {
  const group = findGroup(study.groups, task, "dpbert", study.setting), [record] = group?.records ?? [];
  const rows = study.graded.find((run) => run.record === record)?.rows ?? [];
  const right = rows.filter(({ label, prediction }) => label === prediction);
  if (right.length === 0) return [];
  const lengths = right.map(executedLayers), shortest = Math.min(...lengths), longest = Math.max(...lengths);
  const ends = shortest === longest ? [shortest] : [shortest, longest];
  const isOnlyPath = new Set(rows.map(({ path }) => path)).size === 1;
  return ends.map((length) => {
    const row = right.find((one) => executedLayers(one) === length)!;
    const layers = [...row.path].flatMap((bit, layer) => bit === "1" ? [layer + 1] : []);
    return { task, whose: "ours", label: row.label, layers, row, group, isOnlyPath };
  });
}

const onePath = "one path for all inputs";

const columns = ["Task", "Whose", "Label", "Level", "Count", "Layers", "First sentence", "Second sentence"];

/**
 * The paper's Table 3 beside ours, on its two tasks and on all where our paths differ in length: label, executed layers
 * and, of ours, level of difficulty and the generated sentences; the paper's sentences are GLUE's and are not here.
 */
export function casesTable(study: Study): Table {
  const { cases, groups } = choiceOf(study);
  return {
    name: "table3",
    caption: `Table 3. Which layers single inputs execute. ${
      ruleOf(study, groups)
    }; their sentences are generated. The paper's are its own choice, without its sentences. ${
      provenanceNote(study.profile, groups)
    }${missingNote(study, cases)}`,
    columns,
    rows: cases.map(caseRow),
    align: columns.map((_, column) => column === 3 || column === 4 ? "right" : "left"),
    leads: {
      note: "",
      head: [],
      rows: cases.map(({ group }): Lead[] =>
        group ? silentLeads([group]).slice(0, 1) : [{ path: "data/paper/table3.tsv", from: "project" }]
      ),
    },
  };
}

function missingNote(study: Study, cases: readonly Case[]): string {
  const lacking = paperTasks(study).filter((task) =>
    !cases.some((one) => one.task === task && one.whose === "ours")
  );
  if (lacking.length === 0) return "";
  return ` Ours are missing on ${
    lacking.map(taskLabel).join(" and ")
  }: they need rows whose sentences may be shown; ${fillCommand({ profile: "micro" }, "dpbert")} makes them.`;
}

function caseRow({ task, whose, label, layers, row, isOnlyPath }: Case): string[] {
  const example = row && microDev(task).examples[row.id];
  return [
    taskLabel(task),
    whose,
    label,
    row ? `${row.level}` : noValue,
    `${layers.length}`,
    layers.join(" ") + (isOnlyPath ? ` (${onePath})` : ""),
    example?.a ?? noValue,
    example?.b ?? noValue,
  ];
}

/** The same drawn: a row per input, a filled square for each layer it executes, ours in DPBERT's colour, the paper's in grey. */
export function casesFigure(study: Study): Figure {
  const { cases, groups } = choiceOf(study);
  const numLayers = Math.max(12, ...cases.map(({ row }) => row?.path.length ?? 0));
  const height = 90 + 44 * cases.length;
  return {
    name: "cases",
    caption: `Table 3, drawn. A filled square is a layer that the input executes. ${
      ruleOf(study, groups)
    }; grey: the paper's examples. ${provenanceNote(study.profile, groups)}${markNote(...groups)}${
      missingNote(study, cases)
    }`,
    spec: {
      data: cases.map((one, at) => caseSquares(one, cases.length - at, numLayers)),
      layout: {
        ...baseLayout(height),
        showlegend: false,
        margin: { l: 75, r: 30, t: 25, b: 65 },
        xaxis: {
          ...axisStyle,
          title: { text: "Layer" },
          dtick: 1,
          range: [0.4, numLayers + 0.6],
          showgrid: false,
        },
        yaxis: {
          ...axisStyle,
          title: { text: "" },
          range: [0.4, cases.length + 0.6],
          tickvals: cases.map((_, at) => cases.length - at),
          ticktext: cases.map(({ task, whose, label, group, isOnlyPath }) =>
            `${taskLabel(task)}, ${marked(whose, group)}: ${label}${isOnlyPath ? `<br>${onePath}` : ""}`
          ),
          showgrid: false,
        },
      },
    },
    width: figureWidth,
    height,
    sources: groups.map((group) => leadsOf(group)[0].path),
  };
}

function caseSquares({ whose, layers, row }: Case, y: number, paperLayers: number) {
  const count = row?.path.length ?? paperLayers, all = Array.from({ length: count }, (_, layer) => layer + 1);
  const colour = whose === "ours" ? methodStyle("dpbert").colour : paperColour;
  return {
    type: "scatter",
    mode: "markers",
    name: whose,
    x: all,
    y: all.map(() => y),
    marker: {
      symbol: "square",
      size: 22,
      color: all.map((layer) => layers.includes(layer) ? colour : "#ffffff"),
      line: { color: colour, width: 1.5 },
    },
  };
}
