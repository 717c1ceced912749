/** DPBERT against every competitor, task by task, and how often it wins. */
import { type Compared, comparedWith, groupsIn } from "./comparison.ts";
import { asSpeedups, comparedCell, curvesNote, inLayers } from "./compared_cell.ts";
import {
  type Cost,
  familiesOf,
  type Family,
  familyOf,
  isOfSystem,
  latencyCost,
  layerCost,
  pointsOf,
} from "./families.ts";
import { findGroup, provenanceNote, type RunGroup } from "./groups.ts";
import { headLeads, silentLeads } from "./leads.ts";
import { comingMethods, competitors, fillCommand, isImpossible } from "./missing.ts";
import { marked } from "./marks.ts";
import type { Study } from "./study.ts";
import {
  familyStyle,
  inTaskOrder,
  methodLabel,
  noValue,
  showScore,
  showSpeedup,
  taskLabel,
} from "./style.ts";
import type { Table } from "./value.ts";

/** The systems that DPBERT is set against; the full model has no cost to be compared at. */
function competitorsOf({ groups }: Study): Family[] {
  const systems = groups.filter(({ method, records: [record] }) => method !== "bert" && isOfSystem(record));
  return familiesOf(systems).filter(({ method, setting }) => method !== "dpbert" || setting !== "");
}

const columns = [
  ...["Task", "Competitor", "Layers", "DPBERT there", "Competitor there", "At equal layers", "Speed-up"],
  "At equal speed-up",
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
  return {
    name: "competitors",
    caption:
      `${
        methodLabel("dpbert", study.setting)
      } against each competitor at what that setting costs, the competitor on its own curve. ${curvesNote} Dev scores × 100; ` +
      "differences are DPBERT's less the competitor's, with the 95 % interval of a paired bootstrap over dev rows and " +
      `seeds: a win or a loss where it leaves out 0, else a tie. ${missingNote(study, ours)}${
        provenanceNote(study.profile, ours)
      }`,
    columns,
    rows: [...rows.map(({ cells }) => cells), ...missing.map((method) => missingRow(study, method))],
    align: columns.map((_, column) => [0, 1, 5, 7].includes(column) ? "left" : "right"),
    leads: {
      note: "",
      head: headLeads({ measured: ["Speed-up"] }),
      rows: [...rows.map(({ groups }) => silentLeads(groups)), ...missing.map(() => [])],
    },
  };
}

function missingNote(study: Study, ours: readonly RunGroup[]): string {
  return ours.length > 0 ? "" : `No run of DPBERT yet: ${fillCommand(study, "dpbert")} makes them. `;
}

/** A competitor without any run: its name, and the command that makes one. */
function missingRow(study: Study, method: string): string[] {
  const cell = missingCell(study, method);
  return [noValue, methodLabel(method), noValue, noValue, noValue, cell, noValue, noValue];
}

const missingCell = (study: Study, method: string) => `missing: ${fillCommand(study, method)}`;

/** What stands for a comparison that there is none of: the command, where the competitor has no run on the task and can have one. */
function uncompared(study: Study, task: string, family: Family): string {
  const { method, setting } = family, has = pointsOf(study.groups, task, family, layerCost).length > 0;
  return has || isImpossible(method, setting, task) ? noValue : missingCell(study, method);
}

function competitorRow(
  study: Study,
  group: RunGroup,
  family: Family,
): { cells: string[]; groups: RunGroup[] } {
  const [layers, latency] = [layerCost, latencyCost].map((cost) => comparedWith(study, group, family, cost));
  const used = [layers, latency].flatMap((one) => one ? groupsIn(one) : []);
  const { numLayers } = group.records[0].path;
  return {
    cells: [
      taskLabel(group.task),
      familyStyle(family).label,
      showScore(layers ? layers.first.cost * numLayers : NaN),
      ...[0, 1].map((side) => showScore(layers?.scores[side])),
      layers ? comparedCell(layers, inLayers) : uncompared(study, group.task, family),
      showSpeedup(latency ? 1 / latency.first.cost : NaN),
      latency ? comparedCell(latency, asSpeedups) : noValue,
    ],
    groups: [...new Set(used)],
  };
}

/** Settings beyond an end of the competitor's curve are all compared at that end, which counts once. */
function oncePerPlace(found: readonly Compared[]): Compared[] {
  const placeOf = ({ first: { lower, upper, weight } }: Compared) =>
    JSON.stringify([lower.task, lower.setting, upper.setting, weight]);
  return [...new Map(found.map((one) => [placeOf(one), one])).values()];
}

const countColumns = [
  ...["Competitor", "At equal layers: wins", "Ties", "Losses", "At equal speed-up: wins", "Speed-up ties"],
  ...["Speed-up losses", "Every setting at equal layers: wins", "All ties", "All losses"],
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
  const counts = (groups: readonly RunGroup[], family: Family, cost: Cost) => {
    const found = oncePerPlace(groups.flatMap((group) => comparedWith(study, group, family, cost) ?? []));
    return ["win", "tie", "loss"].map((verdict) => {
      const counted = found.filter((one) => one.verdict === verdict);
      return marked(`${counted.length}`, ...counted.flatMap(groupsIn));
    });
  };
  return {
    name: "wins",
    caption:
      `Tasks on which ${
        methodLabel("dpbert", study.setting)
      } wins, ties or loses where both cost the same, each on ` +
      `its own curve, and the same over every setting of DPBERT's, a place on its curve once. ${curvesNote} Counted from the paired bootstrap; a competitor without a run has no row. ${
        missingNote(study, standing)
      }${provenanceNote(study.profile, standing)}`,
    columns: countColumns,
    rows: families.map((family) => [
      familyStyle(family).label,
      ...counts(standing, family, layerCost),
      ...counts(standing, family, latencyCost),
      ...counts(all, family, layerCost),
    ]),
    leads: { note: "", head: [], rows: families.map(() => [{ path: "tables/competitors.md" }]) },
  };
}
