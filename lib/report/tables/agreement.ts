/** The end of `reproduce`: are the numbers made here the committed ones? */
import type { RunRecord } from "../../runs/records/record.ts";
import { findGroup, groupRuns, type RunGroup, sameSeeds, scoresOf } from "../study/groups.ts";
import { mean, predictionHalfWidth95 } from "../statistics.ts";
import { methodLabel, noValue, showDifference, showHalfWidth, showScore, taskLabel } from "../style.ts";
import type { Table } from "../value.ts";

/**
 * `equal`: metrics and paths are the same, seed for seed. `inside`: the means differ by no more than seeds do.
 * `outside`: by more. `new`: nothing committed to compare with.
 */
export type Agreement = "equal" | "inside" | "outside" | "new";

/** One task, method and setting. */
export interface ComparisonRow {
  profile: string;
  task: string;
  method: string;
  setting: string;
  seeds: number;
  committedSeeds: number;
  /** Mean score x 100. */
  ours: number;
  /** The same over the committed runs, of our seeds where all are committed. */
  committed: number | null;
  /** How far apart the means may lie. */
  allowed: number | null;
  /** False if recipe, data or weights differ from the committed runs': then a difference may well be meant. */
  sameRecipe: boolean;
  agreement: Agreement;
}

/** All rows; `exitCode` is 0 when nothing is outside, else 3. */
export interface Comparison {
  rows: ComparisonRow[];
  exitCode: 0 | 3;
}

/** What is allowed, in points of the score. */
export interface ComparisonOptions {
  /** Where fewer than two committed seeds give no interval. Default 2: the spread of one run on MRPC's dev set. */
  tolerance?: number;
  /** Never less than this, however alike the committed seeds are. Default 0.1, the last digit shown. */
  smallest?: number;
}

/**
 * Compares the mean score of each (profile, task, method, setting) with the committed one, over the same seeds where
 * all of ours are committed. Allowed is the 95 % range of
 * the difference, t s sqrt(1/n + 1/m) with s and n of the committed seeds and m of ours; `tolerance` below two.
 */
export function compareWithCommitted(
  ours: readonly RunRecord[],
  committed: readonly RunRecord[],
  options: ComparisonOptions = {},
): Comparison {
  const profiles = [...new Set(ours.map((record) => record.profile))].sort();
  const rows = profiles.flatMap((profile) => {
    const reference = groupRuns(committed, [], profile);
    return groupRuns(ours, [], profile).map((group) => {
      const other = findGroup(reference, group.task, group.method, group.setting);
      return compareGroups(profile, group, other, options);
    });
  });
  return { rows, exitCode: rows.some((row) => row.agreement === "outside") ? 3 : 0 };
}

/** How far the mean of `count` more runs may lie from that of runs with these `scores`. */
export function allowedDistance(
  scores: readonly number[],
  count: number,
  { tolerance = 2, smallest = 0.1 }: ComparisonOptions = {},
): number {
  return Math.max(smallest, scores.length < 2 ? tolerance : predictionHalfWidth95(scores, count));
}

function compareGroups(
  profile: string,
  ours: RunGroup,
  committed: RunGroup | undefined,
  options: ComparisonOptions,
): ComparisonRow {
  const { task, method, setting } = ours;
  const row = { profile, task, method, setting, seeds: ours.records.length, ours: mean(scoresOf(ours)) };
  if (!committed) {
    return { ...row, committedSeeds: 0, committed: null, allowed: null, sameRecipe: true, agreement: "new" };
  }
  const scores = scoresOf(committed), allowed = allowedDistance(scores, row.seeds, options);
  const shared = allSeedsShared(ours, committed);
  const reference = mean(shared ? scoresOf({ ...committed, records: seedsOf(committed, ours) }) : scores);
  const distance = Math.abs(row.ours - reference);
  const near = distance <= allowed + 1e-9 ? "inside" : "outside";
  return {
    ...row,
    committedSeeds: scores.length,
    committed: reference,
    allowed,
    sameRecipe: sameForSharedSeeds(ours, committed, (record) => record.recipeHash),
    agreement: sameForSharedSeeds(ours, committed, resultOf) && allSeedsShared(ours, committed)
      ? "equal"
      : near,
  };
}

function resultOf(record: RunRecord): string {
  const sorted = Object.entries(record.metrics).sort(([a], [b]) => a < b ? -1 : 1);
  const { numLayers, executedShare, distinctPaths } = record.path;
  return JSON.stringify([sorted, numLayers, executedShare, distinctPaths]);
}

function sameForSharedSeeds(a: RunGroup, b: RunGroup, read: (record: RunRecord) => string): boolean {
  return sameSeeds(a, b).every(([one, other]) => read(one) === read(other));
}

function allSeedsShared(ours: RunGroup, committed: RunGroup): boolean {
  return seedsOf(committed, ours).length === ours.records.length;
}

/** Records of `group` whose seeds `other` has too. */
function seedsOf(group: RunGroup, other: RunGroup): RunRecord[] {
  return group.records.filter((record) => other.records.some(({ seed }) => seed === record.seed));
}

/** The comparison as a table; its caption says what became of it in one sentence. */
export function comparisonTable({ rows }: Comparison): Table {
  const count = (agreement: Agreement) => rows.filter((row) => row.agreement === agreement).length;
  const other = rows.filter((row) => !row.sameRecipe).length;
  return {
    name: "comparison",
    caption:
      `Ours against the committed runs: ${count("equal")} equal, ${count("inside")} inside the interval, ` +
      `${count("outside")} outside, ${count("new")} without a committed run.` +
      (other > 0 ? ` *: ${other} made with another recipe, other data or other weights.` : ""),
    columns: ["Task", "Method", "Seeds", "Ours", "Committed", "Difference", "Allowed", "Verdict"],
    rows: rows.map(comparisonCells),
    align: ["left", "left", "right", "right", "right", "right", "right", "left"],
  };
}

function comparisonCells(row: ComparisonRow): string[] {
  const seeds = row.committedSeeds > 0 ? `${row.seeds} and ${row.committedSeeds}` : `${row.seeds}`;
  return [
    taskLabel(row.task),
    methodLabel(row.method, row.setting),
    seeds,
    showScore(row.ours),
    showScore(row.committed),
    row.committed === null ? noValue : showDifference(row.ours - row.committed),
    showHalfWidth(row.allowed),
    row.agreement + (row.sameRecipe ? "" : " *"),
  ];
}
