/** How many steps a run was trained for from the pre-trained weights on, its own and those of the runs that it starts from. */
import { runName } from "../../runs/records/store.ts";
import type { StudyRecord } from "./filling.ts";
import { recordsOf, type Study } from "./study.ts";

/** A run and those that it starts from, one after the other, back to the pre-trained weights; null where one has no record. */
export function lineageOf(study: Study, record: StudyRecord): StudyRecord[] | null {
  const lineage = [record];
  for (let { parent } = record; parent !== null; { parent } = lineage.at(-1)!) {
    const found = recordsOf(study).find((other) =>
      other.task === record.task && runName(other.method, other.setting, other.seed) === parent
    );
    if (!found || lineage.includes(found)) return null;
    lineage.push(found);
  }
  return lineage;
}

/** Steps from the pre-trained weights to those that a run reports; NaN where a run on the way has no record or curve. */
export function stepsFromPretrained(study: Study, record: StudyRecord): number {
  const lineage = lineageOf(study, record);
  return lineage?.reduce((sum, one) => sum + (study.steps.get(one) ?? NaN), 0) ?? NaN;
}
