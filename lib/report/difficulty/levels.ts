/** Score and executed layers by level of difficulty, on rows whose difficulty is known by construction. */
import { scoreTask, spearman } from "../../glue/metrics.ts";
import { parsePrediction } from "../../glue/predictions.ts";
import { taskById } from "../../glue/tasks.ts";
import type { GradedRow, GradedRun } from "../../runs/records/graded.ts";
import type { RunRecord } from "../../runs/records/record.ts";
import { partialSpearman } from "./dependence.ts";
import { groupRuns, layersOf, provenanceNote, type RunGroup, scoresOf } from "../study/groups.ts";
import { leadsOf, seedsNote } from "../study/leads.ts";
import { mean, summarise } from "../statistics.ts";
import {
  methodLabel,
  noValue,
  showCounts,
  showDecimals,
  showLayers,
  showScore,
  taskLabel,
} from "../style.ts";
import type { Table } from "../value.ts";

/** A group's runs with their rows, by seed. */
interface GradedGroup extends RunGroup {
  runs: GradedRun[];
}

function gradedGroups(graded: readonly GradedRun[], profile: string): GradedGroup[] {
  const groups = groupRuns(graded.map(({ record }) => record), [], profile);
  const runOf = (record: RunRecord) => graded.find((run) => run.record === record)!;
  return groups.map((group) => ({ ...group, runs: group.records.map(runOf) }));
}

/** Every level that occurs, lowest first. */
function levelsOf(groups: readonly GradedGroup[]): number[] {
  const rows = groups.flatMap(({ runs }) => runs[0].rows);
  return [...new Set(rows.map(({ level }) => level))].sort((a, b) => a - b);
}

/** Mean over runs of what `number` makes of the rows of `level`; NaN where the task has no such level. */
function atLevel({ runs }: GradedGroup, level: number, number: (rows: GradedRow[]) => number): number {
  const rows = runs.map((run) => run.rows.filter((row) => row.level === level));
  return rows.every(({ length }) => length > 0) ? mean(rows.map(number)) : NaN;
}

/** Layers that a row executed. */
export const executedLayers = ({ path }: Pick<GradedRow, "path">) => path.split("1").length - 1;

/** Share of the rows, at least one, that executed each layer, first layer first. */
export const executedShares = (rows: readonly Pick<GradedRow, "path">[]): number[] =>
  [...rows[0].path].map((_, layer) => mean(rows.map(({ path }) => Number(path[layer]))));

/** The task's score on some of its rows, 0-100. */
function scoreOn(taskId: string, rows: readonly GradedRow[]): number {
  const task = taskById(taskId),
    values = (texts: string[]) => texts.map((text) => parsePrediction(task, text));
  return scoreTask(task, values(rows.map((row) => row.prediction)), values(rows.map((row) => row.label)))
    .score;
}

/** The task's own score on the rows of each level, for every task, method and setting; mean over seeds. */
export function scoreByLevelTable(graded: readonly GradedRun[], profile: string): Table {
  const groups = gradedGroups(graded, profile), levels = levelsOf(groups);
  const columns = [
    "Task",
    "Method",
    "Seeds",
    "Rows a level",
    "All",
    ...levels.map((level) => `Level ${level}`),
  ];
  return {
    name: "score_by_level",
    caption: "Dev scores × 100 by level of difficulty, which is known by construction; mean over seeds. " +
      provenanceNote(profile, groups),
    columns,
    rows: groups.map((group) => [
      taskLabel(group.task),
      methodLabel(group.method, group.setting),
      `${group.records.length}`,
      showCounts(levels.map((level) => rowsAt(group, level)).filter((rows) => rows > 0)),
      showScore(mean(scoresOf(group))),
      ...levels.map((level) => showScore(atLevel(group, level, (rows) => scoreOn(group.task, rows)))),
    ]),
    align: columns.map((_, column) => column < 2 ? "left" : "right"),
    leads: { note: seedsNote, head: [], rows: groups.map(leadsOf) },
  };
}

const rowsAt = ({ runs: [{ rows }] }: GradedGroup, level: number) =>
  rows.filter((row) => row.level === level).length;

/** Spearman's correlation of level and executed layers, by seed. */
export function levelCorrelations({ runs }: Pick<GradedGroup, "runs">): number[] {
  return runs.map(({ rows }) => spearman(rows.map(({ level }) => level), rows.map(executedLayers)));
}

/** The same with the length of the input held constant. */
function freedOfLength({ runs }: GradedGroup): number[] {
  return runs.map(({ rows }) => {
    const [levels, layers] = [rows.map(({ level }) => level), rows.map(executedLayers)];
    return partialSpearman(levels, layers, rows.map(({ tokens }) => tokens));
  });
}

/** Points that giving every input another input's path costs, by seed; runs without that control are left out. */
export const shufflingCosts = (group: Pick<RunGroup, "records">): number[] =>
  costsOf(group, "shuffledPathsScore");

/** Points that giving every input the commonest path costs, by seed; runs without that control are left out. */
export const onePathCosts = (group: Pick<RunGroup, "records">): number[] =>
  costsOf(group, "commonestPathScore");

/** Layers that the commonest path executes more than an input does on average, by seed, as in `onePathCosts`. */
export const onePathLayers = ({ records }: Pick<RunGroup, "records">): number[] =>
  records.flatMap(({ path, controls }) => {
    const commonest = controls?.commonestPath;
    return typeof commonest === "string"
      ? [executedLayers({ path: commonest }) - path.meanExecutedLayers]
      : [];
  });

function costsOf({ records }: Pick<RunGroup, "records">, control: string): number[] {
  return records.flatMap(({ metrics, controls }) => {
    const score = controls?.[control];
    return typeof score === "number" ? [metrics.score - score] : [];
  });
}

/** A gate is dynamic when it opens for some inputs and not for others: for 5 to 95 % of them. `share` is of those it opens for. */
export const isDynamicGate = (share: number): boolean => share >= 0.05 && share <= 0.95;

/** How many gates of a run are dynamic. */
export function dynamicGates({ path: { executedShare } }: Pick<RunRecord, "path">): number {
  return executedShare.filter(isDynamicGate).length;
}

/** Runs that choose paths: others have nothing to correlate. */
const plans = ({ records }: RunGroup) =>
  records.some(({ controls, path }) => controls !== undefined || path.distinctPaths > 1);

/**
 * Layers executed by level, for every method that plans paths, and what speaks for or against planning by difficulty:
 * rank correlation of level and layers, the same with length held constant, how many paths and gates vary, and what
 * another input's path costs. Means over seeds.
 */
export function layersByLevelTable(graded: readonly GradedRun[], profile: string): Table {
  const groups = gradedGroups(graded, profile).filter(plans), levels = levelsOf(groups);
  const columns = [
    ...["Task", "Method", "Seeds", "Layers executed", ...levels.map((level) => `Level ${level}`)],
    ...["Spearman", "95 % interval", "Length held constant", "Distinct paths", "Dynamic gates"],
    ...["Score", "Shuffled paths cost"],
  ];
  return {
    name: "layers_by_level",
    caption:
      "Layers executed on dev by level of difficulty; mean over seeds. Spearman: level and executed layers, " +
      "0 where all inputs take one path; length held constant: of the ranks, freed from those of the input's length. " +
      "Dynamic gates: open for 5 to 95 % of the inputs. Shuffled paths cost: points lost when every input takes " +
      `another one's path. ${provenanceNote(profile, groups)}`,
    columns,
    rows: groups.map((group) => layersRow(group, levels)),
    align: columns.map((_, column) => column < 2 ? "left" : "right"),
    leads: { note: seedsNote, head: [], rows: groups.map(leadsOf) },
  };
}

function layersRow(group: GradedGroup, levels: number[]): string[] {
  const layers = (rows: GradedRow[]) => mean(rows.map(executedLayers));
  const { mean: correlation, halfWidth } = summarise(levelCorrelations(group));
  return [
    taskLabel(group.task),
    methodLabel(group.method, group.setting),
    `${group.records.length}`,
    showLayers(layersOf(group), group.records[0].path.numLayers),
    ...levels.map((level) => showScore(atLevel(group, level, layers))),
    showDecimals(correlation, 2),
    Number.isFinite(halfWidth) ? `± ${showDecimals(halfWidth, 2)}` : noValue,
    showDecimals(mean(freedOfLength(group)), 2),
    showCounts(group.records.map(({ path }) => path.distinctPaths)),
    showCounts(group.records.map(dynamicGates)),
    showScore(mean(scoresOf(group))),
    showScore(mean(shufflingCosts(group))),
  ];
}
