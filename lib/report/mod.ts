/** Tables and figures from records; nothing here trains or runs a model. */
export { ablationsTable } from "./ablations_table.ts";
export { aimsTable } from "./aims.ts";
export { artefacts } from "./artefacts.ts";
export { type FilledPage, fillPage, type PageSources, type StrayNumber, strayNumbers } from "./blocks.ts";
export { casesFigure, casesTable } from "./cases.ts";
export { claimsToCheck } from "./claims_to_check.ts";
export { claimsTable, type NotebookLinks } from "./claims.ts";
export { compareWithCommitted, type Comparison, type ComparisonRow, comparisonTable } from "./compare.ts";
export { type CurveRun, trainingCurvesFigure } from "./curves.ts";
export { controlsTable, isItDynamicTable, verdictText } from "./dynamic.ts";
export { competitorsTable, winsTable } from "./competitors.ts";
export { isOfSystem } from "./families.ts";
export { figure3, scoreAgainstLayersFigure } from "./figure3.ts";
export { exitsTable } from "./exits.ts";
export { executedShareByLevelFigure, executedShareFigure } from "./figure4.ts";
export { layersByLevelTable, scoreByLevelTable } from "./difficulty.ts";
export { bothGluesTable, examplesTable, type RowPair, type ShownRow } from "./examples.ts";
export { linkTo, placesFrom, rebasedLinks, withoutLinks } from "./links.ts";
export { lookUp } from "./lookup.ts";
export {
  type Check,
  checkedTable,
  exampleText,
  gateSpreadTable,
  layerStateTable,
  lessonModelTable,
  objectiveTable,
  pathsTable,
  planTable,
  sampledPathTable,
  tokenTable,
} from "./lesson.ts";
export { gatesFigure, type GatesRow, gatesTable } from "./lesson_gates.ts";
export { type LevelRow, levelTable, planningTable } from "./lesson_levels.ts";
export { type Paper, paperMean, paperScore, readPaper } from "./paper.ts";
export { retentionTable } from "./retention.ts";
export { runsTable } from "./runs_table.ts";
export { testScoresTable } from "./scores_of_test_split.ts";
export {
  type BackendRun,
  curveFigure,
  largestLossDifference,
  lossesSideBySide,
  lossPairs,
  type StageFacts,
} from "./side_by_side.ts";
export { showBound, showDecimals, showRange } from "./style.ts";
export { markedTable } from "./marks.ts";
export { pathLengthFigure } from "./path_length.ts";
export { readStudy, recordsOf, type Study, timingsOf } from "./study.ts";
export { gradedShown, standingRecords } from "./standing.ts";
export { systemsTable } from "./systems.ts";
export { table1 } from "./table1.ts";
export { table1Wide } from "./table1_wide.ts";
export { discretisationTable, softGain, table2 } from "./table2.ts";
export { tableMarkdown, tablePlain } from "./table_text.ts";
export { tuningTable } from "./tuning_table.ts";
export type { Figure, Table } from "./value.ts";
