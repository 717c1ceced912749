/** DPBERT against every competitor, task by task, and how often it wins. */
import { type Compared, comparedWith, groupsIn } from "../comparison/comparison.ts";
import {
  byLatency,
  byLayers,
  comparisonCell,
  curvesLead,
  curvesNote,
  scoreThere,
} from "../comparison/cell.ts";
import {
  type Cost,
  familiesOf,
  type Family,
  familyOf,
  isOfSystem,
  latencyCost,
  layerCost,
} from "../comparison/families.ts";
import { findGroup, provenanceNote, type RunGroup } from "../study/groups.ts";
import { headLeads, silentLeads } from "../study/leads.ts";
import { comingMethods, competitors, fillCommand, fillNote, noRunYet } from "../study/missing.ts";
import { marked } from "../study/marks.ts";
import type { Study } from "../study/study.ts";
import {
  familyStyle,
  inTaskOrder,
  methodLabel,
  noValue,
  showCounts,
  showScore,
  showSpeedup,
  taskLabel,
} from "../style.ts";
import type { Table } from "../value.ts";

/** The systems that DPBERT is set against; the full model has no cost to be compared at. */
function competitorsOf({ groups }: Study): Family[] {
  const systems = groups.filter(({ method, records: [record] }) => method !== "bert" && isOfSystem(record));
  return familiesOf(systems).filter(({ method, setting }) => method !== "dpbert" || setting !== "");
}

const columns = [
  ...["Task", "Competitor", "Seeds", "Layers", "DPBERT there", "Competitor there", "At equal layers"],
  ...["Speed-up", "At equal speed-up"],
];

/**
 * The standing DPBERT against every system on every task: the competitor's score at as many layers and at the same measured
 * speed-up, on its own curve, and DPBERT's difference with the 95 % interval of a paired bootstrap over dev rows and seeds.
 */
export function competitorsTable(study: Study): Table {
  const ours = inTaskOrder(study.tasks).flatMap((task) =>
    findGroup(study.groups, task, "dpbert", study.setting) ?? []
  );
  const rows = ours.flatMap((group) =>
    competitorsOf(study).map((family) => competitorRow(study, group, family))
  );
  const missing = [...competitors, ...comingMethods].filter((method) =>
    !study.groups.some((group) => group.method === method)
  );
  const lacking = rows.flatMap(({ cells, method }) => cells.includes(noRunYet) ? [method] : []);
  return {
    name: "competitors",
    caption:
      `${
        methodLabel("dpbert", study.setting)
      } against each competitor at what that setting costs, the competitor on its own curve. Dev scores × 100, mean over ` +
      "the seeds that both have (Seeds: how many); ≈ is read off between two settings. Differences are DPBERT's less the " +
      "competitor's, with the 95 % interval of a paired bootstrap over dev rows and seeds: a win or a loss where it " +
      `leaves out 0, else a tie. ${dominanceNote} ${curvesNote} ${missingNote(study, ours)}${
        provenanceNote(study.profile, [...ours, ...rows.flatMap(({ groups }) => groups)])
      }${fillNote(study, [...lacking, ...missing])}`,
    columns,
    rows: [...rows.map(({ cells }) => cells), ...missing.map(missingRow)],
    align: columns.map((_, column) => [0, 1, 6, 8].includes(column) ? "left" : "right"),
    leads: {
      note: "",
      caption: [curvesLead],
      head: headLeads({ measured: ["Speed-up"] }),
      rows: [...rows.map(({ groups }) => silentLeads(groups)), ...missing.map(() => [])],
    },
  };
}

const dominanceNote = "Dominates, dominated: no cost in common, and the cheaper is the better one.";

function missingNote(study: Study, ours: readonly RunGroup[]): string {
  return ours.length > 0 ? "" : `No run of DPBERT yet: ${fillCommand(study, "dpbert")} makes them. `;
}

/** A competitor without any run on any task. */
function missingRow(method: string): string[] {
  const cell = comingMethods.includes(method) ? "not built yet" : noRunYet;
  return [noValue, methodLabel(method), noValue, noValue, noValue, noValue, cell, noValue, noValue];
}

function competitorRow(study: Study, group: RunGroup, family: Family) {
  const [layers, latency] = [byLayers, byLatency].map(({ cost }) => comparedWith(study, group, family, cost));
  const compared = [layers, latency].flatMap((one) => one ?? []);
  const { numLayers } = group.records[0].path;
  return {
    method: family.method,
    cells: [
      taskLabel(group.task),
      familyStyle(family).label,
      showCounts(compared.map(({ seeds }) => seeds.length)),
      showScore(layers ? layers.first.cost * numLayers : NaN),
      ...([0, 1] as const).map((side) => layers ? scoreThere(layers, side) : noValue),
      comparisonCell(layers, study, group, family, byLayers),
      showSpeedup(latency ? 1 / latency.first.cost : NaN),
      comparisonCell(latency, study, group, family, byLatency),
    ],
    groups: [...new Set(compared.flatMap(groupsIn))],
  };
}

/** Settings beyond an end of the competitor's curve are all compared at that end, which counts once. */
function oncePerPlace(found: readonly Compared[]): Compared[] {
  const placeOf = ({ first: { lower, upper, weight } }: Compared) =>
    JSON.stringify([lower.task, lower.setting, upper.setting, weight]);
  return [...new Map(found.map((one) => [placeOf(one), one])).values()];
}

const countColumns = [
  ...["Competitor", "Seeds", "Tasks by layers", "At equal layers", "Dominance by layers"],
  ...["Tasks by speed-up", "At equal speed-up", "Dominance by speed-up"],
  ...["Every setting at equal layers", "Every setting's dominance"],
];

/** How often DPBERT wins, ties and loses against each competitor, over tasks and, in the last columns, over its settings. */
export function winsTable(study: Study): Table {
  const standing = study.groups.filter(({ method, setting }) =>
    method === "dpbert" && setting === study.setting
  );
  const all = study.groups.filter(({ method, records: [record] }) =>
    method === "dpbert" && familyOf(record).setting === ""
  );
  const families = competitorsOf(study);
  const found = (groups: readonly RunGroup[], family: Family, cost: Cost) =>
    oncePerPlace(groups.flatMap((group) => comparedWith(study, group, family, cost) ?? []));
  const rows = families.map((family) => {
    const layers = found(standing, family, layerCost), latency = found(standing, family, latencyCost);
    const every = found(all, family, layerCost);
    const seeds = [...layers, ...latency].map((one) => one.seeds.length);
    const tasks = (compared: Compared[]) => `${compared.length} of ${standing.length}`;
    return {
      cells: [
        ...[familyStyle(family).label, showCounts(seeds), tasks(layers), ...countCells(layers)],
        ...[tasks(latency), ...countCells(latency), ...countCells(every)],
      ],
      groups: [...new Set([...layers, ...latency, ...every].flatMap(groupsIn))],
    };
  });
  return {
    name: "wins",
    caption:
      `How often ${
        methodLabel("dpbert", study.setting)
      } wins / ties / loses against each competitor, of the tasks on which the two can be compared, in the seeds that both ` +
      "have; and the same over every setting of DPBERT's, those compared at one place counted once. Dominance: the same where they have no " +
      "cost in common, counted only if the cheaper one is not significantly worse. Judged by the paired bootstrap over dev rows and seeds; a " +
      `competitor without a run has no row. ${curvesNote} ${missingNote(study, standing)}${
        provenanceNote(study.profile, [...standing, ...rows.flatMap(({ groups }) => groups)])
      }`,
    columns: countColumns,
    rows: rows.map(({ cells }) => cells),
    leads: {
      note: "",
      caption: [curvesLead],
      head: [],
      rows: rows.map(({ groups }) => [{ path: "tables/competitors.md" }, ...silentLeads(groups)]),
    },
  };
}

/** Wins, ties and losses, `5 / 2 / 1`: at a common cost, and without one. */
function countCells(found: readonly Compared[]): string[] {
  return [false, true].map((apart) => {
    const own = found.filter((one) => one.apart === apart);
    const counts = ["win", "tie", "loss"].map((verdict) =>
      own.filter((one) => one.verdict === verdict).length
    );
    return marked(counts.join(" / "), ...own.flatMap(groupsIn));
  });
}
