/** Scores on test splits whose labels are known, beside those on dev that recipes were chosen by. */
import type { RunRecord } from "../../runs/records/record.ts";
import { groupRuns, provenanceNote, type RunGroup, scoresOf } from "../study/groups.ts";
import { leadsOf, seedsNote } from "../study/leads.ts";
import { mean, summarise } from "../statistics.ts";
import { intervalNote, methodLabel, showDifference, showInterval, showScore, taskLabel } from "../style.ts";
import type { Table } from "../value.ts";

const columns = ["Task", "Method", "Seeds", "Dev", "Test", "95 % interval", "Test less dev"];

/** One row per task, method and setting with a test score: means over seeds. */
export function testScoresTable(records: readonly RunRecord[], profile: string): Table {
  const groups = groupRuns(records.filter(({ test }) => test !== undefined), [], profile);
  return {
    name: "test_scores",
    caption:
      "Scores × 100 on the test split, whose labels the generators keep apart: nothing was chosen by them, " +
      `while recipes were tried on dev. Mean over seeds ± ${intervalNote}. ${
        provenanceNote(profile, groups)
      }`,
    columns,
    rows: groups.map(testRow),
    align: columns.map((_, column) => column < 2 ? "left" : "right"),
    leads: { note: seedsNote, head: [], rows: groups.map(leadsOf) },
  };
}

function testRow(group: RunGroup): string[] {
  const dev = mean(scoresOf(group)), test = summarise(group.records.map(({ test }) => test!.score));
  return [
    taskLabel(group.task),
    methodLabel(group.method, group.setting),
    `${group.records.length}`,
    showScore(dev),
    showScore(test.mean),
    showInterval(test),
    showDifference(test.mean - dev),
  ];
}
