/** The dev sets of micro-GLUE's tasks as tables name them, and the runs that several of its tables ask for. */
import { trainableTasks } from "../../config.ts";
import { settingSlug } from "../../runs/records/store.ts";
import type { RunGroup } from "../study/groups.ts";
import { taskLabel } from "../style.ts";

/** A task's dev set. */
export interface DevSet {
  title: string;
  task: string;
  /** Its name among a record's metrics. */
  metric: string;
}

/** One for each task, two for MNLI, in the order of Table 1. */
export const devSets: readonly DevSet[] = trainableTasks.flatMap((task): DevSet[] => {
  const title = taskLabel(task);
  if (task !== "mnli") return [{ title, task, metric: "score" }];
  return [{ title: `${title}-m`, task, metric: "matched" }, {
    title: `${title}-mm`,
    task,
    metric: "mismatched",
  }];
});

/** Scores of a group's runs on a dev set, by seed. */
export function scoresOn(group: RunGroup | undefined, { metric }: Pick<DevSet, "metric">): number[] {
  return group?.records.map(({ metrics }) => metrics[metric]) ?? [];
}

/** Method and setting of the first `count` layers, trained anew. */
export function firstLayers(count: number): [method: string, setting: string] {
  return ["bert-first-k", settingSlug({ firstLayers: count })];
}
