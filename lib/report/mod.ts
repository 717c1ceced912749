/** Tables and figures from records; nothing here trains or runs a model. */
export { aimsTable } from "./aims.ts";
export { artefacts, gradedTables } from "./artefacts.ts";
export { type FilledPage, fillPage, type PageSources, type StrayNumber, strayNumbers } from "./blocks.ts";
export { claimsTable, type NotebookLinks } from "./claims.ts";
export { compareWithCommitted, type Comparison, type ComparisonRow, comparisonTable } from "./compare.ts";
export { type CurveRun, trainingCurvesFigure } from "./curves.ts";
export { layersByLevelTable, scoreByLevelTable } from "./difficulty.ts";
export { bothGluesTable, examplesTable, type RowPair, type ShownRow } from "./examples.ts";
export { executedShareFigure, figure3 } from "./figures.ts";
export { linkTo, placesFrom, rebasedLinks, withoutLinks } from "./links.ts";
export { lookUp } from "./lookup.ts";
export {
  type Check,
  checkedTable,
  gateSpreadTable,
  layerStateTable,
  lessonModelTable,
  objectiveTable,
  pathsTable,
  planTable,
  sampledPathTable,
  tokenTable,
} from "./lesson.ts";
export { type LevelRow, levelTable } from "./lesson_levels.ts";
export { type Paper, paperMean, paperScore, readPaper } from "./paper.ts";
export { retentionTable } from "./retention.ts";
export { runsTable } from "./runs_table.ts";
export {
  type BackendRun,
  curveFigure,
  largestLossDifference,
  lossesSideBySide,
  lossPairs,
} from "./side_by_side.ts";
export { showBound, showDecimals, showRange } from "./style.ts";
export { systemsTable } from "./systems.ts";
export { table1 } from "./table1.ts";
export { testScoresTable } from "./test_scores.ts";
export { type Figure, type Table, tableMarkdown, tablePlain } from "./value.ts";
