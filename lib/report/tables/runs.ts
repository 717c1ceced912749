/** Which runs a report is made of. */
import type { StudyRecord } from "../study/filling.ts";
import { groupRuns, provenanceNote, type RunGroup } from "../study/groups.ts";
import { silentLeads } from "../study/leads.ts";
import { isReference, marked } from "../study/marks.ts";
import { inTaskOrder, showCounts, taskLabel } from "../style.ts";
import type { Table } from "../value.ts";

/** One row per task: its rows, how many methods under how many settings have run, their seeds and backend. */
export function runsTable(records: readonly StudyRecord[], profile: string): Table {
  const groups = groupRuns(records, [], profile), tasks = inTaskOrder(groups.map(({ task }) => task));
  const groupsOn = (task: string) => groups.filter((group) => group.task === task);
  return {
    name: "runs",
    caption: `The runs this report reads. ${provenanceNote(profile, groups)}`,
    columns: ["Task", "Training rows", "Dev rows", "Methods", "Settings", "Seeds", "Trained on"],
    rows: tasks.map((task) => {
      const own = groupsOn(task), { data: { rows } } = own[0].records[0];
      const count = (kind: string) => Object.entries(rows).find(([file]) => file.startsWith(kind))?.[1] ?? "";
      const backends = own.flatMap(({ records }) =>
        records.map(({ backend, blas }) => blas ? `${backend} with ${blas}` : backend)
      );
      return [
        taskLabel(task),
        `${count("train")}`,
        `${count("dev")}`,
        `${new Set(own.map(({ method }) => method)).size}`,
        settingsCell(own),
        showCounts(own.map(({ records }) => records.length)),
        [...new Set(backends)].join(", "),
      ];
    }),
    align: ["left", "right", "right", "right", "right", "right", "left"],
    leads: { note: "", head: [], rows: tasks.map((task) => silentLeads(groupsOn(task))) },
  };
}

/** How many settings were run, and how many of them here: `30, here 4`. */
function settingsCell(groups: readonly RunGroup[]): string {
  const here = groups.filter((group) => !isReference(group)).length;
  return here < groups.length ? marked(`${groups.length}, here ${here}`, ...groups) : `${here}`;
}
