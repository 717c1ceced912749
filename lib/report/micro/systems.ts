/** What micro-GLUE's tasks take: the systems that say how much depth a task needs, side by side. */
import type { RunRecord } from "../../runs/records/record.ts";
import { settingSlug } from "../../runs/records/store.ts";
import { type DevSet, devSets, firstLayers, scoresOn } from "../tables/dev_sets.ts";
import { findGroup, groupRuns, layersOf, provenanceNote, type RunGroup } from "../study/groups.ts";
import { silentLeads } from "../study/leads.ts";
import { marked } from "../study/marks.ts";
import { summarise } from "../statistics.ts";
import { intervalNote, methodLabel, noValue, showCounts, showMean, showScore } from "../style.ts";
import type { Table } from "../value.ts";

/** A system of the overview: its title, and where its runs are. */
type System = [title: string, method: string, setting: string];

/**
 * The systems side by side on every dev set: the full model, its first 4 and 6 layers, the full model with as many more
 * steps as stage 3 has, and DPBERT at each of `settings` with the layers it executes.
 */
export function systemsTable(
  records: readonly RunRecord[],
  profile: string,
  settings: readonly string[],
): Table {
  const groups = groupRuns(records, [], profile);
  const systems: System[] = [
    ["All layers", "bert", ""],
    ["First 4 layers", ...firstLayers(4)],
    ["First 6 layers", ...firstLayers(6)],
    ["All layers, as many steps", "bert", settingSlug({ extraSteps: "stage3" })],
    ...settings.map((setting): System => [methodLabel("dpbert", setting), "dpbert", setting]),
  ];
  const groupsOf = ({ task }: DevSet) =>
    systems.map(([, method, setting]) => findGroup(groups, task, method, setting));
  return {
    name: "systems",
    caption:
      `Dev scores × 100, mean over seeds ± ${intervalNote}; of DPBERT also the mean number of layers ` +
      `executed. First layers: those of the pre-trained BERT alone, fine-tuned. As many steps: stage 1, then as many more as DPBERT's stage 3 has. ${
        provenanceNote(profile, groups)
      }`,
    columns: ["Task", "Seeds", ...systems.map(([title]) => title)],
    rows: devSets.map((set) => {
      const found = groupsOf(set), seeds = found.flatMap((group) => group ? [group.records.length] : []);
      return [set.title, showCounts(seeds), ...found.map((group) => systemCell(group, set))];
    }),
    leads: {
      note: "",
      head: [],
      rows: devSets.map((set) => silentLeads(groupsOf(set).flatMap((group) => group ?? []))),
    },
  };
}

function systemCell(group: RunGroup | undefined, set: DevSet): string {
  if (!group) return noValue;
  const found = summarise(scoresOn(group, set));
  const plans = group.records.some(({ controls }) => controls !== undefined);
  const layers = plans ? ` at ${showScore(layersOf(group))} layers` : "";
  return marked(showMean(found) + layers, group);
}
