/** Table 1 in the paper's shape: a row per system, a column per dev set, the paper's rows below ours. */
import { type DevSet, devSets, scoresOn } from "./dev_sets.ts";
import type { Family } from "../comparison/families.ts";
import {
  findGroup,
  flopsSaved,
  layersOf,
  meansOverTasks,
  otherRowsNote,
  provenanceNote,
  type RunGroup,
  speedupsOf,
} from "../study/groups.ts";
import { curveLeads, headLeads, silentLeads } from "../study/leads.ts";
import { comingMethods, fillNote, isImpossible, noRunYet, notForRegression } from "../study/missing.ts";
import { marked } from "../study/marks.ts";
import { paperMean, type PaperRow } from "../study/paper.ts";
import { type Standing, standingNote, standingSystems } from "../comparison/standing.ts";
import { mean, summarise } from "../statistics.ts";
import { lineageOf, stepsFromPretrained } from "../study/steps.ts";
import type { Study } from "../study/study.ts";
import {
  familyStyle,
  intervalNote,
  noValue,
  showCounts,
  showDifference,
  showMean,
  showPercent,
  showScore,
  showSpeedup,
} from "../style.ts";
import type { Lead, Table } from "../value.ts";

const columns = [
  ...["System", "Setting", "Tasks", "Seeds", "Steps", "Speed-up", "Layers", "FLOPs saved"],
  ...devSets.map(({ title }) => title),
  ...["Mean", "Mean on test", "Paper's mean", "Difference"],
];

/**
 * A row per system: steps of training from the pre-trained weights, measured speed-up, executed layers and FLOPs over its tasks, mean and 95 % t-interval over seeds on
 * every dev set, the mean over tasks (MNLI once, as the paper's) on dev and on test, the paper's and the difference; then
 * the paper's own rows. A cell without a run is a dash; the caption has the command.
 */
export function table1Wide(study: Study): Table {
  const { paper, profile } = study, systems = standingSystems(study);
  const ours = systems.map((system) => ({ system, groups: groupsOf(study, system) }));
  const theirs = paper.table1.filter(({ split }) => split === "dev");
  const shown = ours.flatMap(({ groups }) => groups);
  const lacking = ours.flatMap(({ system, groups }) =>
    lacksRuns(study, system, groups) ? [system.family.method] : []
  );
  return {
    name: "table1_wide",
    caption:
      `Table 1 in the paper's shape: dev scores × 100, mean over seeds ± ${intervalNote}. ${standingNote} ` +
      "Steps: of training, from the pre-trained weights to the model, smallest to largest task; of a commonest path " +
      "without those of the planner that names it. Speed-up: measured at batch size 1 against the full model, mean over the tasks " +
      "that have runs (Tasks: how many); so are layers and FLOPs. Mean: of the tasks, MNLI once, where all that are possible " +
      "have runs; the paper's over the same. The paper has one number for MNLI, which stands under MNLI-m. " +
      `${provenanceNote(profile, shown)}${otherRowsNote(profile)}${fillNote(study, lacking)}`,
    columns,
    rows: [...ours.map(({ system, groups }) => ourRow(study, system, groups)), ...theirs.map(paperRow)],
    align: columns.map((_, column) => column < 2 ? "left" : "right"),
    leads: {
      note: "",
      head: headLeads({ paper: "Paper's mean", measured: ["Speed-up"], steps: "Steps" }),
      rows: [...ours.map(({ groups }) => rowLeads(study, groups)), ...theirs.map((): Lead[] => [])],
    },
  };
}

/** The groups of a system under the setting that stands, by task. */
function groupsOf({ groups, tasks }: Study, { family, setting }: Standing): RunGroup[] {
  if (setting === null) return [];
  return tasks.flatMap((task) => findGroup(groups, task, family.method, setting) ?? []);
}

/** The tasks that a system can do. */
const possibleTasks = ({ tasks }: Study, { method, setting }: Family) =>
  tasks.filter((task) => !isImpossible(method, setting, task));

/** A smoke profile wants few runs, and none of them is a result. */
const lacksRuns = (study: Study, { family }: Standing, groups: readonly RunGroup[]) =>
  study.profile !== "smoke" && groups.length < possibleTasks(study, family).length;

function ourRow(study: Study, system: Standing, groups: readonly RunGroup[]): string[] {
  const { family, setting } = system, possible = possibleTasks(study, family);
  const complete = groups.length === possible.length;
  const means = complete ? meansOverTasks(groups, ({ metrics }) => metrics.score) : [];
  const paper = family.setting === "" ? paperMean(study.paper, family.method, possible) : null;
  return [
    familyStyle(family).label,
    setting || noValue,
    tasksCell(study, family, groups),
    showCounts(groups.map(({ records }) => records.length)),
    stepsCell(study, groups),
    ...[
      showSpeedup(mean(groups.map((group) => mean(speedupsOf(group))))),
      showPercent(mean(groups.map((group) => layersOf(group) / group.records[0].path.numLayers))),
      showPercent(mean(groups.map(flopsSaved))),
    ].map((text) => marked(text, ...groups)),
    ...devSets.map((set) => scoreCell(family, groups, set)),
    marked(meanCell(means), ...groups),
    marked(showScore(mean(complete ? meansOverTasks(groups, ({ test }) => test?.score) : [])), ...groups),
    showScore(paper),
    marked(showDifference(paper === null ? null : mean(means) - paper), ...groups),
  ];
}

/** `3 of 8`. */
function tasksCell({ tasks }: Study, { method }: Family, groups: readonly RunGroup[]): string {
  if (groups.length > 0) return `${groups.length} of ${tasks.length}`;
  return comingMethods.includes(method) ? "not built yet" : noRunYet;
}

/** The files that a row's numbers are from, its steps' among them. */
function rowLeads(study: Study, groups: readonly RunGroup[]): Lead[] {
  const trained = groups.flatMap(({ records }) => records).flatMap((one) =>
    lineageOf(study.groups, one) ?? []
  );
  return [...silentLeads(groups), ...curveLeads([...new Set(trained)])];
}

/** Steps of a system's runs from the pre-trained weights on, from the fewest to the most. */
function stepsCell(study: Study, groups: readonly RunGroup[]): string {
  const records = groups.flatMap((group) => group.records);
  const steps = records.map((record) => stepsFromPretrained(study, record)).filter(Number.isFinite);
  return marked(showCounts(steps), { records: records.flatMap((one) => lineageOf(study.groups, one) ?? []) });
}

/** A dash where there is no run yet: the column of tasks says of how many there are some. */
function scoreCell({ method, setting }: Family, groups: readonly RunGroup[], set: DevSet): string {
  if (isImpossible(method, setting, set.task)) return notForRegression;
  const group = groups.find(({ task }) => task === set.task);
  return group ? marked(meanCell(scoresOn(group, set)), group) : noValue;
}

const meanCell = (scores: readonly number[]) => showMean(summarise(scores));

function paperRow({ method, speedUp, scores, average }: PaperRow): string[] {
  const cell = ({ task, metric }: DevSet) => metric === "mismatched" ? noValue : showScore(scores[task]);
  return [
    `${familyStyle({ method, setting: "" }).label}, the paper's`,
    ...[noValue, noValue, noValue, noValue, showSpeedup(speedUp), noValue, noValue],
    ...devSets.map(cell),
    ...[showScore(average), noValue, noValue, noValue],
  ];
}
