/** The runs that a run goes back to, and how many steps it was trained for with them. */
import { runName } from "../../runs/records/store.ts";
import type { StudyRecord } from "./filling.ts";
import type { RunGroup } from "./groups.ts";
import type { Study } from "./study.ts";

/**
 * A run and those that it starts from (among `groups`), one after the other, back to the pre-trained weights: a point of a
 * sweep has two. Null where one has no record.
 */
export function lineageOf(groups: readonly RunGroup[], record: StudyRecord): StudyRecord[] | null {
  const onTask = groups.flatMap(({ task, records }) => task === record.task ? records : []);
  const lineage = [record];
  for (let { parent } = record; parent !== null; { parent } = lineage.at(-1)!) {
    const found = onTask.find(({ method, setting, seed }) => runName(method, setting, seed) === parent);
    if (!found || lineage.includes(found)) return null;
    lineage.push(found);
  }
  return lineage;
}

/** Steps from the pre-trained weights to those that a run reports; NaN where a run on the way has no record or curve. */
export function stepsFromPretrained(study: Study, record: StudyRecord): number {
  const lineage = lineageOf(study.groups, record);
  return lineage?.reduce((sum, one) => sum + (study.steps.get(one) ?? NaN), 0) ?? NaN;
}
