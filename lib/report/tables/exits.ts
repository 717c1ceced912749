/** What each layer of a trained model knows: the score of its exit, were it every input's. */
import type { RunRecord } from "../../runs/records/record.ts";
import { familyOf } from "../comparison/families.ts";
import { groupRuns, provenanceNote, type RunGroup } from "../study/groups.ts";
import { leadsOf, seedsNote } from "../study/leads.ts";
import { mean } from "../statistics.ts";
import { methodLabel, noValue, showScore, taskLabel } from "../style.ts";
import type { Table } from "../value.ts";

/** All settings of a group but those that decide only who leaves where: points with the same ones are of one training. */
const trainingOf = ({ records: [record] }: RunGroup): string => familyOf(record, ["exitBy"]).setting;

/** Points of one training have the same exits: the first of those with most seeds stands for all. */
function onePerTraining(groups: readonly RunGroup[]): RunGroup[] {
  const trainings = new Map<string, RunGroup>();
  for (const group of groups) {
    const training = JSON.stringify([group.task, group.method, trainingOf(group)]);
    const found = trainings.get(training);
    if (!found || group.records.length > found.records.length) trainings.set(training, group);
  }
  return [...trainings.values()];
}

/** One row per task and training with exits; runs without any are left out. */
export function exitsTable(records: readonly RunRecord[], profile: string): Table {
  const groups = onePerTraining(groupRuns(records.filter((record) => record.exitScores), [], profile));
  const depth = Math.max(0, ...groups.map(({ records: [{ path }] }) => path.numLayers));
  const columns = ["Task", "Method", "Seeds", ...Array.from({ length: depth }, (_, at) => `Layer ${at + 1}`)];
  return {
    name: "exits",
    caption:
      "Dev scores × 100 of the exit after each layer, were it every input's; mean over seeds. DeeBERT's exits look " +
      "at a backbone that was fine-tuned without them, PABEE's are trained together with it. " +
      provenanceNote(profile, groups),
    columns,
    rows: groups.map((group) => [
      taskLabel(group.task),
      methodLabel(group.method, trainingOf(group)),
      `${group.records.length}`,
      ...Array.from({ length: depth }, (_, layer) => exitCell(group, layer)),
    ]),
    align: columns.map((_, column) => column < 2 ? "left" : "right"),
    leads: { note: seedsNote, head: [], rows: groups.map(leadsOf) },
  };
}

function exitCell({ records }: RunGroup, layer: number): string {
  const scores = records.flatMap(({ exitScores }) => exitScores?.[layer] ?? []);
  return scores.length === records.length ? showScore(mean(scores)) : noValue;
}
