/** Table 2: what reinforcement learning brings beside soft gates, and what soft gates lose when they must decide. */
import { settingSlug } from "../runs/store.ts";
import { overridesOf } from "../runs/overrides.ts";
import { type Compared, comparedWith, groupsIn } from "./comparison.ts";
import { asSpeedups, comparedCell, curvesNote, inLayers } from "./compared_cell.ts";
import { type Cost, latencyCost, layerCost } from "./families.ts";
import { findGroup, layersOf, otherRowsNote, provenanceNote, type RunGroup, scoresOf } from "./groups.ts";
import { leadsOf, seedsNote, silentLeads } from "./leads.ts";
import { fillCommand } from "./missing.ts";
import { marked } from "./marks.ts";
import { mean } from "./statistics.ts";
import type { Study } from "./study.ts";
import { methodLabel, noValue, showDifference, showScore, showSpeedup, taskLabel } from "./style.ts";
import type { Table } from "./value.ts";

/** The tasks of the paper's Table 2, in its order. */
export const table2Tasks = ["rte", "mrpc", "sst-2", "sts-b"];

const soft = { method: "dpbert-soft", setting: "" };

/** The standing DPBERT of a task beside DPBERT-soft, thresholded as Eq. 5 has it, where both cost the same. */
function besideSoft(study: Study, task: string, cost: Cost): Compared | null {
  const ours = findGroup(study.groups, task, "dpbert", study.setting);
  return ours ? comparedWith(study, ours, soft, cost) : null;
}

/** The gain over soft gates at equal speed-up on the tasks of Table 2 that have both, and the runs behind it. */
export function softGain(study: Study): { tasks: string[]; gain: number; groups: RunGroup[] } {
  const found = table2Tasks.flatMap((task) => {
    const compared = besideSoft(study, task, latencyCost) ?? besideSoft(study, task, layerCost);
    return compared ? [{ task, compared }] : [];
  });
  return {
    tasks: found.map(({ task }) => task),
    gain: mean(found.map(({ compared }) => compared.difference.mean)),
    groups: found.flatMap(({ compared }) => groupsIn(compared)),
  };
}

const columns = [
  ...[
    "Task",
    "Speed-up",
    "DPBERT",
    "DPBERT-soft",
    "Gain at equal speed-up",
    "Layers",
    "Gain at equal layers",
  ],
  ...["Paper: DPBERT", "Paper: soft", "Paper: gain", "Missing: filled by"],
];

/**
 * The paper's Table 2: DPBERT beside DPBERT-soft at equal speed-up (and at equal layers), thresholded both, on the paper's four
 * tasks, with the paper's numbers in columns of their own. A task without one of them names the command.
 */
export function table2(study: Study): Table {
  const found = table2Tasks.map((task) => ({
    task,
    timed: besideSoft(study, task, latencyCost),
    layered: besideSoft(study, task, layerCost),
  }));
  const groups = found.map(({ timed, layered }) =>
    [timed, layered].flatMap((one) => one ? groupsIn(one) : [])
  );
  return {
    name: "table2",
    caption:
      `Table 2. ${
        methodLabel("dpbert", study.setting)
      } beside DPBERT-soft (section 4.7: stage 3 with soft gates and ` +
      "without rewards), gates thresholded in both at inference; dev scores × 100. DPBERT-soft is read off its own curve where " +
      `DPBERT stands. ${curvesNote} Gain: with the 95 % interval of a paired bootstrap over dev rows and seeds. ${
        provenanceNote(study.profile, groups.flat())
      }${otherRowsNote(study.profile)}`,
    columns,
    rows: found.map(({ task, timed, layered }) => row(study, task, timed, layered)),
    align: columns.map((_, column) => [0, 4, 6, 10].includes(column) ? "left" : "right"),
    leads: { note: "", head: [], rows: groups.map((own) => silentLeads([...new Set(own)])) },
  };
}

function row(study: Study, task: string, timed: Compared | null, layered: Compared | null): string[] {
  const shown = timed ?? layered,
    theirs = ["dpbert", "dpbert-soft"].map((method) => study.paper.table2[method]?.[task]);
  const [reinforced, relaxed] = theirs.map((score) => score ?? NaN);
  const lacking = ["dpbert", "dpbert-soft"].filter((method) =>
    !study.groups.some((group) => group.task === task && group.method === method)
  );
  return [
    taskLabel(task),
    showSpeedup(timed ? 1 / timed.first.cost : NaN),
    ...[0, 1].map((side) => showScore(shown?.scores[side])),
    timed ? comparedCell(timed, asSpeedups) : noValue,
    showScore(layered ? layered.first.cost * layered.first.lower.records[0].path.numLayers : NaN),
    layered ? comparedCell(layered, inLayers) : noValue,
    showScore(reinforced),
    showScore(relaxed),
    showDifference(reinforced - relaxed),
    lacking.map((method) => fillCommand(study, method)).join(" ") || noValue,
  ];
}

const gapColumns = [
  ...["Task", "Method", "Seeds", "Thresholded", "Layers", "Soft", "Soft less thresholded", "Sampled"],
  "Layers, sampled",
];

/**
 * The discretisation gap: the same weights with gates as they were trained (soft), thresholded (Eq. 5) and sampled (Eq. 8),
 * for every setting of DPBERT-soft's curve, and for DPBERT's where it was asked for.
 */
export function discretisationTable(study: Study): Table {
  const rows = study.groups.flatMap((group) => {
    const { records: [record], method, task } = group;
    if (!["dpbert", "dpbert-soft"].includes(method) || "gates" in overridesOf(record)) return [];
    const [softly, sampled] = ["soft", "sampled"].map((gates) =>
      findGroup(study.groups, task, method, settingSlug({ ...overridesOf(record), gates }))
    );
    return method === "dpbert-soft" || softly || sampled ? [{ group, softly, sampled }] : [];
  });
  const score = (group: RunGroup | undefined) => group ? mean(scoresOf(group)) : NaN;
  return {
    name: "discretisation",
    caption:
      "The same weights under three kinds of gates, dev scores × 100, mean over seeds. Soft: h = s · layer(h) + (1 − s) · h, " +
      "as DPBERT-soft is trained; every layer is computed then, so nothing is saved. Thresholded: a layer runs where s > 0.5 " +
      `(Eq. 5). Sampled: with probability s. ${
        provenanceNote(study.profile, rows.map(({ group }) => group))
      }${rows.length > 0 ? "" : ` No run yet: ${fillCommand(study, "dpbert-soft")} makes them.`}`,
    columns: gapColumns,
    rows: rows.map(({ group, softly, sampled }) => [
      taskLabel(group.task),
      methodLabel(group.method, group.setting),
      `${group.records.length}`,
      showScore(score(group)),
      showScore(layersOf(group)),
      marked(showScore(score(softly)), softly),
      marked(showDifference(score(softly) - score(group)), softly),
      marked(showScore(score(sampled)), sampled),
      marked(showScore(sampled && layersOf(sampled)), sampled),
    ]),
    align: gapColumns.map((_, column) => column < 2 ? "left" : "right"),
    leads: { note: seedsNote, head: [], rows: rows.map(({ group }) => leadsOf(group)) },
  };
}
