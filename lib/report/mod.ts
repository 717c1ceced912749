/** Tables and figures from records; nothing here trains or runs a model. */
export { ablationsTable } from "./tables/ablations.ts";
export { aimsTable } from "./micro/aims.ts";
export { artefacts } from "./artefacts.ts";
export {
  type FilledPage,
  fillPage,
  type PageSources,
  type StrayNumber,
  strayNumbers,
} from "./markdown/blocks.ts";
export { casesFigure, casesTable } from "./tables/cases.ts";
export { claimsToCheck } from "./claims/to_check.ts";
export { claimsTable, type NotebookLinks } from "./claims/claims.ts";
export {
  compareWithCommitted,
  type Comparison,
  type ComparisonRow,
  comparisonTable,
} from "./tables/agreement.ts";
export { type CurveRun, trainingCurvesFigure } from "./figures/curves.ts";
export { controlsTable } from "./tables/controls.ts";
export { isItDynamicTable, verdictText } from "./difficulty/dynamic.ts";
export { competitorsTable, winsTable } from "./tables/competitors.ts";
export { isOfSystem } from "./comparison/families.ts";
export { figure3, scoreAgainstLayersFigure } from "./figures/figure3.ts";
export { exitsTable } from "./tables/exits.ts";
export { executedShareByLevelFigure, executedShareFigure } from "./figures/figure4.ts";
export { layersByLevelTable, scoreByLevelTable } from "./difficulty/levels.ts";
export { bothGluesTable, examplesTable, type RowPair, type ShownRow } from "./lesson/examples.ts";
export { linkTo, placesFrom, rebasedLinks, withoutLinks } from "./markdown/links.ts";
export { lookUp } from "./markdown/lookup.ts";
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
} from "./lesson/tables.ts";
export { gatesFigure, type GatesRow, gatesTable } from "./lesson/gates.ts";
export { type LevelRow, levelTable, planningTable } from "./lesson/levels.ts";
export { type Paper, paperMean, paperScore, readPaper } from "./study/paper.ts";
export { retentionTable } from "./tables/retention.ts";
export { runsTable } from "./tables/runs.ts";
export { testScoresTable } from "./micro/scores_of_test_split.ts";
export {
  type BackendRun,
  curveFigure,
  largestLossDifference,
  lossesSideBySide,
  lossPairs,
  type StageFacts,
} from "./lesson/side_by_side.ts";
export { showBound, showDecimals, showRange } from "./style.ts";
export { markedTable } from "./study/marks.ts";
export { pathLengthFigure } from "./figures/path_length.ts";
export { readStudy, recordsOf, type Study, timingsOf } from "./study/study.ts";
export { gradedShown, standingRecords } from "./comparison/standing.ts";
export { systemsTable } from "./micro/systems.ts";
export { table1 } from "./tables/table1.ts";
export { table1Wide } from "./tables/table1_wide.ts";
export { discretisationTable, softGain, table2 } from "./tables/table2.ts";
export { tableMarkdown, tablePlain } from "./markdown/table_text.ts";
export { tuningTable } from "./tables/tuning.ts";
export type { Figure, Table } from "./value.ts";
