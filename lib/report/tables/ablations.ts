/** DPBERT with one thing changed at a time. */
import { ablations, ablationTasks } from "../../runs/grid/ablations.ts";
import { trainCommand } from "../../runs/records/record.ts";
import { settingSlug } from "../../runs/records/store.ts";
import { comparedWith, groupsIn } from "../comparison/comparison.ts";
import { byLayers, comparisonCell, curvesLead, curvesNote } from "../comparison/cell.ts";
import { dynamicCell } from "../difficulty/dynamic.ts";
import { shufflingCosts } from "../difficulty/levels.ts";
import { findGroup, layersOf, provenanceNote, type RunGroup, scoresOf, speedupsOf } from "../study/groups.ts";
import { headLeads, leadsOf, seedsNote, silentLeads } from "../study/leads.ts";
import { mean, summarise } from "../statistics.ts";
import type { Study } from "../study/study.ts";
import {
  methodLabel,
  noValue,
  showInterval,
  showLayers,
  showScore,
  showSpeedup,
  taskLabel,
} from "../style.ts";
import type { Lead, Table } from "../value.ts";

const columns = [
  ...["Task", "Changed", "Seeds", "Score", "95 % interval", "Layers", "Speed-up", "Gates that vary, paths"],
  ...["Shuffled paths cost", "Beside DPBERT at equal layers", "Missing: filled by"],
];

/** A run that is wanted. */
interface Wanted {
  task: string;
  title: string;
  settings: Study["standing"];
  group: RunGroup | undefined;
}

/**
 * A row per task and change, DPBERT as it stands first: score, layers, speed-up, what varies, what another input's path
 * costs, and the difference to DPBERT's own curve where both execute as many layers. A change without a run names its
 * command.
 */
export function ablationsTable(study: Study): Table {
  const changes = [{ title: "nothing", settings: {} }, ...ablations];
  const wanted = ablationTasks.flatMap((task) =>
    changes.map(({ title, settings }): Wanted => {
      const all = { ...study.standing, ...settings };
      return { task, title, settings: all, group: findGroup(study.groups, task, "dpbert", settingSlug(all)) };
    })
  );
  const groups = wanted.flatMap(({ group }) => group ?? []);
  const rows = wanted.map((one) => one.group ? changeRow(study, one, one.group) : missingRow(study, one));
  return {
    name: "ablations",
    caption:
      `${
        methodLabel("dpbert", study.setting)
      } with one thing changed, dev scores × 100, mean over seeds. Beside DPBERT: ` +
      "score less that of DPBERT's own curve at as many layers, with the 95 % interval of a paired bootstrap over dev rows " +
      `and seeds. ${curvesNote} Shuffled paths cost: points lost when every input takes another one's path. ${
        provenanceNote(study.profile, groups)
      }`,
    columns,
    rows: rows.map(({ cells }) => cells),
    align: columns.map((_, column) => [0, 1, 7, 9, 10].includes(column) ? "left" : "right"),
    leads: {
      note: seedsNote,
      caption: [curvesLead],
      head: headLeads({ measured: ["Speed-up"] }),
      rows: rows.map(({ leads }) => leads),
    },
  };
}

/** A row's cells, and the files that they follow from. */
interface Row {
  cells: string[];
  leads: Lead[];
}

/** DPBERT's own curve. */
const unchanged = { method: "dpbert", setting: "" };

function changeRow(study: Study, { task, title }: Wanted, group: RunGroup): Row {
  const found = summarise(scoresOf(group)), isUnchanged = group.setting === study.setting;
  const beside = isUnchanged ? null : comparedWith(study, group, unchanged, byLayers.cost);
  const curve = beside ? groupsIn(beside).filter((one) => one !== group) : [];
  const cells = [
    taskLabel(task),
    title,
    `${group.records.length}`,
    showScore(found.mean),
    showInterval(found),
    showLayers(layersOf(group), group.records[0].path.numLayers),
    showSpeedup(mean(speedupsOf(group))),
    dynamicCell(group),
    showScore(mean(shufflingCosts(group))),
    isUnchanged ? noValue : comparisonCell(beside, study, group, unchanged, byLayers),
    noValue,
  ];
  return { cells, leads: [...leadsOf(group), ...silentLeads(curve)] };
}

function missingRow({ profile }: Study, { task, title, settings }: Wanted): Row {
  const command = `\`${trainCommand({ profile, task, method: "dpbert", seed: 0 }, settings)}\``;
  return {
    cells: [taskLabel(task), title, "0", ...columns.slice(3, -1).map(() => noValue), command],
    leads: [],
  };
}
