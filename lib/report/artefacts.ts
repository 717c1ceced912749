/** Everything a profile's records are rendered to: one list, so that no table or figure is forgotten. */
import { ablationsTable } from "./tables/ablations.ts";
import { aimsTable } from "./micro/aims.ts";
import { casesFigure, casesTable } from "./tables/cases.ts";
import { claimsTable } from "./claims/claims.ts";
import { claimsToCheck } from "./claims/to_check.ts";
import { competitorsTable, winsTable } from "./tables/competitors.ts";
import { costTable } from "./tables/cost.ts";
import { layersByLevelTable, scoreByLevelTable } from "./difficulty/levels.ts";
import { isItDynamicTable } from "./difficulty/dynamic.ts";
import { controlsTable } from "./tables/controls.ts";
import { exitsTable } from "./tables/exits.ts";
import { isOfSystem } from "./comparison/families.ts";
import { figure3, scoreAgainstLayersFigure } from "./figures/figure3.ts";
import { executedShareByLevelFigure, executedShareFigure } from "./figures/figure4.ts";
import { pathLengthFigure } from "./figures/path_length.ts";
import { retentionTable } from "./tables/retention.ts";
import { runsTable } from "./tables/runs.ts";
import { testScoresTable } from "./micro/scores_of_test_split.ts";
import { gradedShown, standingRecords } from "./comparison/standing.ts";
import { recordsOf, type Study, timingsOf } from "./study/study.ts";
import { systemsTable } from "./micro/systems.ts";
import { table1 } from "./tables/table1.ts";
import { table1Wide } from "./tables/table1_wide.ts";
import { discretisationTable, softGain, table2 } from "./tables/table2.ts";
import { tuningTable } from "./tables/tuning.ts";
import type { Figure, Table } from "./value.ts";

/** What is written into the profile's folder, and what stands in notebooks only. */
export interface Artefacts {
  tables: Table[];
  figures: Figure[];
  notebookTables: Table[];
  notebookFigures: Figure[];
  /** Tables that lie beside the folders of the profile, each a page of its own. */
  pages: Table[];
}

/** The notebook of each artefact that the claims lead to. */
const notebooks = {
  table1: "05_table1.ipynb",
  figure3: "06_figure3.ipynb",
  figure4: "07_figure4.ipynb",
  table2: "08_table2_ablation.ipynb",
};

/**
 * The tables and figures of a study, Table 1 first. Where rows have no known difficulty, the comparisons of all systems
 * are shown in notebooks only: such a profile has the full model and DPBERT, and little to compare.
 */
export function artefacts(study: Study): Artefacts {
  const records = recordsOf(study), timings = timingsOf(study), { profile, paper, setting } = study;
  const systems = records.filter(isOfSystem);
  const soft = softGain(study), compared = comparisons(study), written = study.graded.length > 0;
  const pages = written ? [claimsToCheck(study)] : [], [checked] = pages.map(({ name }) => `${name}.md`);
  return {
    tables: [
      table1(standingRecords(study), timings, paper, profile),
      retentionTable(systems, timings, paper, profile),
      claimsTable(records, timings, paper, profile, { setting, notebooks, soft, checked }),
      costTable(records, timings, profile),
      ...written ? [...gradedTables(study), ...compared.tables] : [],
      ...study.tunings.length > 0 ? [tuningTable(study.tunings, profile)] : [],
    ],
    figures: [
      executedShareFigure(records, profile, "dpbert", setting),
      figure3(records, timings, paper, profile),
      ...written ? compared.figures : [],
    ],
    notebookTables: [
      runsTable(records, profile),
      claimsTable(records, timings, paper, profile, { setting, soft }),
      ...written ? [] : compared.tables,
    ],
    notebookFigures: written ? [] : compared.figures,
    pages,
  };
}

/** What rows of known difficulty add: systems and aims of micro-GLUE, scores and layers by level, test scores. */
function gradedTables(study: Study): Table[] {
  const { graded, profile } = study, shown = gradedShown(study), records = recordsOf(study);
  const curve = records.filter((record) => record.method === "dpbert" && isOfSystem(record));
  const settings = [...new Set([study.setting, ...curve.map(({ setting }) => setting)])];
  return [
    systemsTable(records, profile, settings),
    aimsTable(graded, timingsOf(study), profile, settings),
    scoreByLevelTable(shown, profile),
    layersByLevelTable(shown, profile),
    exitsTable(records, profile),
    testScoresTable(records, profile),
  ];
}

/** The systems against each other, the ablations, and whether the planning is dynamic. */
function comparisons(study: Study): { tables: Table[]; figures: Figure[] } {
  const { profile, setting, graded } = study, records = recordsOf(study), timings = timingsOf(study);
  return {
    tables: [
      table1Wide(study),
      competitorsTable(study),
      winsTable(study),
      table2(study),
      discretisationTable(study),
      ablationsTable(study),
      casesTable(study),
      controlsTable(study),
      isItDynamicTable(study),
    ],
    figures: [
      scoreAgainstLayersFigure(records, timings, profile),
      executedShareByLevelFigure(graded, profile, "dpbert", setting),
      casesFigure(study),
      pathLengthFigure(study),
    ],
  };
}
