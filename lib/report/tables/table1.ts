/** Table 1: every method that has run, on every task, beside the paper's number. */
import type { Config } from "../../config.ts";
import { overridesOf } from "../../runs/records/overrides.ts";
import { gridOf } from "../../runs/grid/profiles.ts";
import { type RunRecord, type TimingRecord, trainCommand } from "../../runs/records/record.ts";
import { settingSlug } from "../../runs/records/store.ts";
import {
  findGroup,
  flopsSaved,
  groupRuns,
  layersOf,
  meansOverTasks,
  type MethodSetting,
  methodsOf,
  otherRowsNote,
  provenance,
  type RunGroup,
  smokeNote,
  speedupsOf,
} from "../study/groups.ts";
import { type DevSet, devSets, scoresOn } from "./dev_sets.ts";
import { familyOf } from "../comparison/families.ts";
import { headLeads, leadsOf, seedsNote, silentLeads } from "../study/leads.ts";
import { fillCommand, isImpossible, noRunYet, notForRegression } from "../study/missing.ts";
import { type Paper, paperMean, paperScore } from "../study/paper.ts";
import { mean, summarise } from "../statistics.ts";
import {
  inTaskOrder,
  intervalNote,
  methodLabel,
  noValue,
  showCounts,
  showDifference,
  showInterval,
  showLayers,
  showPercent,
  showScore,
  showSpeedup,
} from "../style.ts";
import type { Lead, Table } from "../value.ts";

const columns = [
  ...["Task", "Method", "Seeds", "Ours", "95 % interval", "Paper", "Difference", "Test"],
  ...["Layers executed", "Speed-up", "FLOPs saved", "Distinct paths"],
];

interface Row {
  cells: string[];
  leads: Lead[];
}

/**
 * Table 1 with one row per dev set and method: ours (mean over seeds, 95 % t-interval), the paper's dev score, the
 * difference, our score on the test split where its labels are known, and what the skipping is worth. Methods that all of several tasks have are averaged in a last block.
 * `tasks` default to those that have a record. A row without a record says so, and the caption has the command. Smoke
 * models are not the paper's, so that profile has neither the paper's score nor the difference.
 */
export function table1(
  records: readonly RunRecord[],
  timings: readonly TimingRecord[],
  paper: Paper,
  profile: string,
  tasks: readonly string[] = tasksOf(records, profile),
): Table {
  const groups = groupRuns(records, timings, profile).filter((group) => tasks.includes(group.task));
  const methods = methodsOf(groups);
  const sets = devSets.filter(({ task }) => tasks.includes(task));
  const cells = sets.flatMap((set) => methods.map((method): Cell => ({ set, ...method })));
  const single = cells.map((cell): Row => {
    const group = findGroup(groups, cell.set.task, cell.method, cell.setting);
    const theirs = isPlain(groups, cell) ? paperOn(paper, cell.method, cell.set) : null;
    return group
      ? { cells: groupRow(group, cell.set, theirs), leads: leadsOf(group) }
      : { cells: emptyRow(cell, theirs), leads: [] };
  });
  const averages = tasks.length > 1
    ? methods.flatMap((method) => averageRow(groups, method, tasks, paper))
    : [];
  const rows = [...single, ...averages];
  const table: Table = {
    name: "table1",
    caption: caption(groups, cells, tasks, profile),
    columns,
    rows: rows.map(({ cells }) => cells),
    align: columns.map((_, column) => column < 2 ? "left" : "right"),
    leads: {
      note: averages.length > 0 ? `${seedsNote} A mean has its tasks'.` : seedsNote,
      head: headLeads({ paper: "Paper", measured: ["Speed-up"] }),
      rows: rows.map(({ leads }) => leads),
    },
  };
  const tested = groups.some(({ records }) => records.some(({ test }) => test !== undefined));
  return without(table, [...profile === "smoke" ? ["Paper", "Difference"] : [], ...tested ? [] : ["Test"]]);
}

/** A method and setting on a dev set. */
type Cell = { set: DevSet } & MethodSetting;

/** Whether a system is one that the paper has: a setting of the method's own curve, without other choices. */
const isPlain = (groups: readonly RunGroup[], { method, setting }: MethodSetting) =>
  groups.some((group) =>
    group.method === method && group.setting === setting && familyOf(group.records[0]).setting === ""
  );

/** The table without the columns called `names`, and without what leads from them. */
function without({ rows, align, leads, ...rest }: Table, names: readonly string[]): Table {
  const kept = <T>(cells: readonly T[]) => cells.filter((_, at) => !names.includes(columns[at]));
  return {
    ...rest,
    columns: kept(columns),
    rows: rows.map(kept),
    align: align && kept(align),
    leads: leads && { ...leads, head: leads.head.filter(({ shown }) => !names.includes(shown!.column)) },
  };
}

function tasksOf(records: readonly RunRecord[], profile: string): string[] {
  return inTaskOrder(records.filter((record) => record.profile === profile).map((record) => record.task));
}

function groupRow(group: RunGroup, set: DevSet, theirs: number | null): string[] {
  const { method, setting } = group;
  return [
    set.title,
    methodLabel(method, setting),
    ...scoreCells(scoresOn(group, set), theirs),
    showScore(mean(group.records.flatMap(({ test }) => test?.[set.metric] ?? []))),
    showLayers(layersOf(group), group.records[0].path.numLayers),
    showSpeedup(mean(speedupsOf(group))),
    showPercent(flopsSaved(group)),
    showCounts(group.records.map((record) => record.path.distinctPaths)),
  ];
}

/** The paper's score on a dev set; its one number for MNLI is the matched one. */
function paperOn(paper: Paper, method: string, { task, metric }: DevSet): number | null {
  return metric === "mismatched" ? null : paperScore(paper, method, task);
}

/** Seeds, ours, interval, paper, difference. */
function scoreCells(scores: number[], paper: number | null): string[] {
  const found = summarise(scores), { n, mean } = found;
  const difference = paper === null ? null : mean - paper;
  return [`${n}`, showScore(mean), showInterval(found), showScore(paper), showDifference(difference)];
}

function emptyRow({ set, method, setting }: Cell, theirs: number | null): string[] {
  const why = isImpossible(method, setting, set.task) ? notForRegression : noRunYet;
  const scores = ["0", why, noValue, showScore(theirs), noValue, noValue];
  return [set.title, methodLabel(method, setting), ...scores, noValue, noValue, noValue, noValue];
}

/** The row of means over `tasks`, over the seeds that every task has; none if a task or a common seed is missing. */
function averageRow(
  groups: readonly RunGroup[],
  { method, setting }: MethodSetting,
  tasks: readonly string[],
  paper: Paper,
): Row[] {
  const found = tasks.map((task) => findGroup(groups, task, method, setting)).filter((group) =>
    group !== undefined
  );
  if (found.length < tasks.length) return [];
  const scores = meansOverTasks(found, ({ metrics }) => metrics.score);
  if (scores.length === 0) return [];
  const speedups = found.map((group) => mean(speedupsOf(group)));
  const cells = [
    `Mean of ${tasks.length}`,
    methodLabel(method, setting),
    ...scoreCells(scores, isPlain(groups, { method, setting }) ? paperMean(paper, method, tasks) : null),
    showScore(mean(meansOverTasks(found, ({ test }) => test?.score))),
    showPercent(mean(found.map((group) => layersOf(group) / group.records[0].path.numLayers))),
    showSpeedup(mean(speedups)),
    showPercent(mean(found.map(flopsSaved))),
    noValue,
  ];
  return [{ cells, leads: silentLeads(found) }];
}

function caption(
  groups: readonly RunGroup[],
  cells: readonly Cell[],
  tasks: readonly string[],
  profile: string,
): string {
  const missing = cells.filter(({ set: { task }, method, setting }) =>
    !findGroup(groups, task, method, setting) && !isImpossible(method, setting, task)
  );
  const smoke = profile === "smoke";
  const paper =
    ", the paper's (BERT-base, 12 layers, each method at the paper's own speed-up) and the difference";
  return [
    ...smoke ? [smokeNote(profile).trim()] : [],
    `Table 1. Dev scores × 100: ours (mean over seeds ± ${intervalNote})${smoke ? "" : paper}.` +
    otherRowsNote(profile),
    "Speed-up: measured at batch size 1 against the full model.",
    ...groups.some((group) => speedupsOf(group).length === 0) ? [`${noValue}: latency not measured.`] : [],
    provenance(profile, groups),
    ...missing.length > 0 ? [fillingNote(groups, missing, profile)] : [],
    ...groups.length === 0
      ? [`No run yet: \`${trainCommand({ profile, task: tasks[0] ?? "mrpc", method: "bert", seed: 0 })}\`.`]
      : [],
  ].join(" ");
}

/** The commands that fill the cells without a run: one for all that the profile runs, one for each of the others. */
function fillingNote(groups: readonly RunGroup[], missing: readonly Cell[], profile: string): string {
  const { methods } = gridOf({ profile: profile as Config["profile"], tasks: null, seeds: null }, {
    full: true,
  });
  const isWanted = (cell: MethodSetting) =>
    methods.some(({ method, settings = {} }) =>
      method === cell.method && settingSlug(settings) === cell.setting
    );
  const others = missing.filter((cell) => !isWanted(cell)).map(({ set: { task }, method, setting }) => {
    const { records: [record] } = groups.find((group) =>
      group.method === method && group.setting === setting
    )!;
    return `\`${trainCommand({ profile, task, method, seed: 0 }, overridesOf(record))}\``;
  });
  const wanted = missing.filter(isWanted).map(({ method }) => method);
  const commands = [
    ...wanted.length > 0 ? [fillCommand({ profile }, [...new Set(wanted)].join(","))] : [],
    ...new Set(others),
  ];
  return `No run yet: ${commands.join(", ")}.`;
}
