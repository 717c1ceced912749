/** Table 2: what reinforcement learning brings beside soft gates, and what soft gates lose when they must decide. */
import { settingSlug } from "../../runs/records/store.ts";
import { overridesOf } from "../../runs/records/overrides.ts";
import { type Compared, comparedWith, groupsIn } from "../comparison/comparison.ts";
import {
  byLatency,
  byLayers,
  comparisonCell,
  curvesLead,
  curvesNote,
  type Scale,
  scoreThere,
} from "../comparison/cell.ts";
import { type Cost, latencyCost, layerCost, pointsOf } from "../comparison/families.ts";
import {
  findGroup,
  layersOf,
  otherRowsNote,
  provenanceNote,
  type RunGroup,
  sameSeeds,
  scoresOf,
} from "../study/groups.ts";
import { leadsOf, seedsNote, silentLeads } from "../study/leads.ts";
import { fillNote, noRunYet } from "../study/missing.ts";
import { marked } from "../study/marks.ts";
import { mean } from "../statistics.ts";
import { ownSettingsNote } from "../study/own_settings.ts";
import type { Study } from "../study/study.ts";
import {
  methodLabel,
  noValue,
  showCounts,
  showDifference,
  showScore,
  showSpeedup,
  taskLabel,
} from "../style.ts";
import type { Table } from "../value.ts";

/** The tasks of the paper's Table 2, in its order. */
export const table2Tasks = ["rte", "mrpc", "sst-2", "sts-b"];

const soft = { method: "dpbert-soft", setting: "" };

/** The standing DPBERT of a task beside DPBERT-soft, thresholded as Eq. 5 has it, where both cost the same. */
function besideSoft(study: Study, task: string, cost: Cost): Compared | null {
  const ours = findGroup(study.groups, task, "dpbert", study.setting);
  return ours ? comparedWith(study, ours, soft, cost) : null;
}

/** The gain over soft gates at equal speed-up on the tasks of Table 2 that have both, and the runs behind it. */
export interface SoftGain {
  tasks: string[];
  /** Those of them whose gain is at equal layers, because they were not timed or have no speed-up in common. */
  atLayers: string[];
  gain: number;
  /** How many seeds each task's gain is of. */
  seeds: number[];
  groups: RunGroup[];
}

/** See `SoftGain`; without a speed-up in common the gain at equal layers, and without those none. */
export function softGain(study: Study): SoftGain {
  const found = table2Tasks.flatMap((task) => {
    const [timed, layered] = [latencyCost, layerCost].map((cost) => besideSoft(study, task, cost));
    const compared = [timed, layered].find((one) => one && !one.apart);
    return compared ? [{ task, compared, isTimed: compared === timed }] : [];
  });
  return {
    tasks: found.map(({ task }) => task),
    atLayers: found.filter(({ isTimed }) => !isTimed).map(({ task }) => task),
    gain: mean(found.map(({ compared }) => compared.difference.mean)),
    seeds: found.map(({ compared }) => compared.seeds.length),
    groups: found.flatMap(({ compared }) => groupsIn(compared)),
  };
}

const columns = [
  ...["Task", "Seeds", "Speed-up", "DPBERT", "DPBERT-soft", "Gain at equal speed-up", "Layers"],
  ...["Gain at equal layers", "Paper: DPBERT", "Paper: soft", "Paper: gain"],
];

/**
 * The paper's Table 2: DPBERT beside DPBERT-soft at equal speed-up (and at equal layers), thresholded both, on the paper's four
 * tasks, with the paper's numbers in columns of their own.
 */
export function table2(study: Study): Table {
  const found = table2Tasks.map((task) => {
    const [timed, layered] = [latencyCost, layerCost].map((cost) => besideSoft(study, task, cost));
    return { task, timed, layered, lacking: lackingOn(study, task) };
  });
  const groups = found.map(({ timed, layered }) =>
    [timed, layered].flatMap((one) => one ? groupsIn(one) : [])
  );
  return {
    name: "table2",
    caption:
      `Table 2. ${
        methodLabel("dpbert", study.setting)
      } beside DPBERT-soft (section 4.7: stage 3 with soft gates and without rewards), gates thresholded in both at ` +
      "inference; dev scores × 100, mean over the seeds that both have (Seeds: how many); ≈ is read off between two " +
      `settings. Gain: with the 95 % interval of a paired bootstrap over dev rows and seeds.${
        ownSettingsNote(study, "dpbert-soft")
      } ${curvesNote} ${provenanceNote(study.profile, groups.flat())}${otherRowsNote(study.profile)}${
        fillNote(study, found.flatMap(({ lacking }) => lacking))
      }`,
    columns,
    rows: found.map(({ task, timed, layered, lacking }) =>
      row(study, task, lacking.length > 0 ? null : { timed, layered })
    ),
    align: columns.map((_, column) => [0, 5, 7].includes(column) ? "left" : "right"),
    leads: {
      note: "",
      caption: [curvesLead],
      head: [],
      rows: groups.map((own) => silentLeads([...new Set(own)])),
    },
  };
}

/** Which of the two has no run that stands on a task. */
function lackingOn({ groups, setting }: Study, task: string): string[] {
  const own = findGroup(groups, task, "dpbert", setting);
  const theirs = pointsOf(groups, task, soft, layerCost);
  return [...own ? [] : ["dpbert"], ...theirs.length > 0 ? [] : ["dpbert-soft"]];
}

/** `both`: at equal speed-up and at equal layers; null where runs are missing. */
function row(
  study: Study,
  task: string,
  both: { timed: Compared | null; layered: Compared | null } | null,
): string[] {
  const [reinforced, relaxed] = ["dpbert", "dpbert-soft"].map((method) =>
    study.paper.table2[method]?.[task] ?? NaN
  );
  const ours = findGroup(study.groups, task, "dpbert", study.setting)!;
  const gain = (compared: Compared | null, scale: Scale) =>
    both ? comparisonCell(compared, study, ours, soft, scale) : noRunYet;
  const { timed, layered } = both ?? { timed: null, layered: null }, shown = timed ?? layered;
  return [
    taskLabel(task),
    showCounts(shown ? [shown.seeds.length] : []),
    showSpeedup(timed ? 1 / timed.first.cost : NaN),
    ...([0, 1] as const).map((side) => shown ? scoreThere(shown, side) : noValue),
    gain(timed, byLatency),
    showScore(layered ? layered.first.cost * layered.first.lower.records[0].path.numLayers : NaN),
    gain(layered, byLayers),
    showScore(reinforced),
    showScore(relaxed),
    showDifference(reinforced - relaxed),
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
  const scoreCell = (group: RunGroup | undefined) =>
    group ? marked(showScore(mean(scoresOf(group))), group) : noRunYet;
  const lacking = rows.filter(({ softly, sampled }) => !softly || !sampled).map(({ group }) => group.method);
  return {
    name: "discretisation",
    caption:
      "The same weights under three kinds of gates, dev scores × 100, mean over seeds. Soft: h = s · layer(h) + (1 − s) · h, " +
      "as DPBERT-soft is trained; every layer is computed then, so nothing is saved. Thresholded: a layer runs where s > 0.5 " +
      `(Eq. 5). Sampled: with probability s. Soft less thresholded: over the seeds that both have. ${
        provenanceNote(study.profile, rows.map(({ group }) => group))
      }${fillNote(study, rows.length > 0 ? lacking : ["dpbert-soft"])}`,
    columns: gapColumns,
    rows: rows.map(({ group, softly, sampled }) => [
      taskLabel(group.task),
      methodLabel(group.method, group.setting),
      `${group.records.length}`,
      showScore(mean(scoresOf(group))),
      showScore(layersOf(group)),
      scoreCell(softly),
      softly ? marked(showDifference(gapOf(softly, group)), softly) : noValue,
      scoreCell(sampled),
      marked(showScore(sampled && layersOf(sampled)), sampled),
    ]),
    align: gapColumns.map((_, column) => column < 2 ? "left" : "right"),
    leads: {
      note: seedsNote,
      head: [],
      rows: rows.map(({ group, softly, sampled }) => [
        ...leadsOf(group),
        ...silentLeads([softly, sampled].flatMap((reading) => reading ?? [])),
      ]),
    },
  };
}

/** How far the weights read softly score above the same thresholded, mean over the seeds that both have. */
function gapOf(softly: RunGroup, thresholded: RunGroup): number {
  return mean(sameSeeds(softly, thresholded).map(([soft, hard]) => soft.metrics.score - hard.metrics.score));
}
