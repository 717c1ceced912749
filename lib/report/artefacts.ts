/** Everything a profile's records are rendered to: one list, so that no table or figure is forgotten. */
import type { GradedRun } from "../runs/graded.ts";
import type { RunRecord, TimingRecord } from "../runs/record.ts";
import { aimsTable } from "./aims.ts";
import { claimsTable } from "./claims.ts";
import { costTable } from "./cost.ts";
import { layersByLevelTable, scoreByLevelTable } from "./difficulty.ts";
import { executedShareFigure, figure3 } from "./figures.ts";
import type { Paper } from "./paper.ts";
import { retentionTable } from "./retention.ts";
import { runsTable } from "./runs_table.ts";
import { systemsTable } from "./systems.ts";
import { table1 } from "./table1.ts";
import { testScoresTable } from "./test_scores.ts";
import type { Figure, Table } from "./value.ts";

/**
 * The tables and figures of `profile`, and the tables that stand in notebooks only; `setting` names the DPBERT runs that
 * stand for the method.
 */
export function artefacts(
  records: readonly RunRecord[],
  timings: readonly TimingRecord[],
  paper: Paper,
  profile: string,
  setting: string,
): { tables: Table[]; figures: Figure[]; notebookTables: Table[] } {
  return {
    tables: [
      table1(records, timings, paper, profile),
      retentionTable(records, timings, paper, profile),
      claimsTable(records, timings, paper, profile, { setting, notebooks: { table1: "05_table1.ipynb" } }),
      costTable(records, timings, profile),
    ],
    figures: [
      executedShareFigure(records, profile, "dpbert", setting),
      figure3(records, timings, paper, profile),
    ],
    notebookTables: [
      runsTable(records, profile),
      claimsTable(records, timings, paper, profile, { setting }),
    ],
  };
}

/**
 * What rows of known difficulty add: the systems and the aims of micro-GLUE, scores and layers by level,
 * test scores. `settings` name
 * the DPBERT runs that are compared.
 */
export function gradedTables(
  graded: readonly GradedRun[],
  profile: string,
  settings: readonly string[],
): Table[] {
  if (graded.length === 0) return [];
  return [
    systemsTable(graded.map(({ record }) => record), profile, settings),
    aimsTable(graded, profile, settings),
    scoreByLevelTable(graded, profile),
    layersByLevelTable(graded, profile),
    testScoresTable(graded.map(({ record }) => record), profile),
  ];
}
