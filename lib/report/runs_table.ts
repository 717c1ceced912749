/** Which runs a report is made of. */
import type { RunRecord } from "../runs/record.ts";
import { groupRuns, provenanceNote } from "./groups.ts";
import { leadsOf, seedsNote } from "./leads.ts";
import { methodLabel, taskLabel } from "./style.ts";
import type { Table } from "./value.ts";

/** One row per task, method and setting: its seeds, its target rate where it has one, its rows and its backend. */
export function runsTable(records: readonly RunRecord[], profile: string): Table {
  const groups = groupRuns(records, [], profile);
  return {
    name: "runs",
    caption: `The runs this report reads. ${provenanceNote(profile, groups)}`,
    columns: ["Task", "Method", "Seeds", "Training rows", "Dev rows", "Trained on"],
    rows: groups.map(({ task, method, setting, records }) => {
      const [{ data: { rows } }] = records;
      const count = (kind: string) => Object.entries(rows).find(([file]) => file.startsWith(kind))?.[1] ?? "";
      const backends = records.map(({ backend, blas }) => blas ? `${backend} with ${blas}` : backend);
      return [
        taskLabel(task),
        methodLabel(method, setting),
        records.map(({ seed }) => seed).join(", "),
        `${count("train")}`,
        `${count("dev")}`,
        [...new Set(backends)].join(", "),
      ];
    }),
    align: ["left", "left", "right", "right", "right", "left"],
    leads: { note: seedsNote, head: [], rows: groups.map(leadsOf) },
  };
}
