/** What every control leaves of DPBERT's score. */
import { familyOf } from "../comparison/families.ts";
import { fewerSeeds, missingSubsets } from "../difficulty/dynamic.ts";
import { executedLayers, onePathCosts, shufflingCosts } from "../difficulty/levels.ts";
import { mean } from "../statistics.ts";
import {
  layersOf,
  overTarget,
  overTargetNote,
  provenanceNote,
  type RunGroup,
  scoresOf,
} from "../study/groups.ts";
import { leadsOf, seedsNote, silentLeads } from "../study/leads.ts";
import { marked } from "../study/marks.ts";
import { noRunYet } from "../study/missing.ts";
import { ownSettingsNote } from "../study/own_settings.ts";
import type { Study } from "../study/study.ts";
import { noValue, showCounts, showPercent, showPoints, showScore, taskLabel } from "../style.ts";
import type { Table } from "../value.ts";

const columns = [
  ...[
    "Task",
    "Target",
    "Seeds",
    "Score",
    "Layers",
    "Commonest path",
    "Lost: all on it",
    "Lost: shuffled paths",
  ],
  ...["Every layer on", "Commonest path, fine-tuned", "Best subset found", "Random subset"],
];

/** What every control leaves of the score, for every setting of DPBERT's curve; subsets with their layers. */
export function controlsTable(study: Study): Table {
  const ours = study.groups.filter(({ method, records: [record] }) =>
    method === "dpbert" && familyOf(record).setting === ""
  );
  const rows = ours.map((group) => controlRow(study, group));
  return {
    name: "controls",
    caption:
      "Dev scores × 100 of DPBERT and of its controls, mean over seeds. Lost: points that all inputs on the commonest " +
      "path and shuffled paths cost, with the smallest and largest seed; both, and every layer on, are the same weights " +
      "under other paths. Commonest path: its share of the inputs and its layers. Subsets: the same layers for every " +
      "input, fine-tuned from stage 1 for the steps of stage 3, with the number of layers." +
      `${ownSettingsNote(study, "static-subset")} ${overTargetNote} ${provenanceNote(study.profile, ours)}${
        missingSubsets(study, rows)
      }`,
    columns,
    rows,
    leads: {
      note: seedsNote,
      head: [],
      rows: ours.map((group) => [
        ...leadsOf(group),
        ...silentLeads(subsetKinds.flatMap((subset) => nearestSubset(study, group, subset) ?? [])),
      ]),
    },
  };
}

function controlRow(study: Study, group: RunGroup): string[] {
  const everyLayer = group.records.flatMap(({ controls }) => numberIn(controls?.everyLayerScore));
  return [
    taskLabel(group.task),
    group.setting || noValue,
    `${group.records.length}`,
    showScore(mean(scoresOf(group))),
    showScore(layersOf(group)) + overTarget(group),
    commonestPath(group),
    showPoints(onePathCosts(group)),
    showPoints(shufflingCosts(group)),
    showScore(mean(everyLayer)),
    ...subsetKinds.map((subset) => subsetCell(study, group, subset)),
  ];
}

/** `46 % at 5–7 layers`. */
function commonestPath({ records }: RunGroup): string {
  const shares = records.flatMap(({ controls }) => numberIn(controls?.commonestPathShare));
  const paths = records.flatMap(({ controls }) => controls?.commonestPath ?? []);
  if (shares.length === 0 || paths.length === 0) return noValue;
  const layers = paths.map((path) => executedLayers({ path: `${path}` }));
  return `${showPercent(mean(shares))} at ${showCounts(layers)} layers`;
}

const numberIn = (value: unknown): number[] => typeof value === "number" ? [value] : [];

/** Who chose the layers, in the order of the columns. */
const subsetKinds = ["commonest", "search", "random"];

/** The subset of that kind whose layers are nearest to the group's. */
function nearestSubset({ groups }: Study, dpbert: RunGroup, subset: string): RunGroup | undefined {
  const names = subset === "search" ? ["", "subset=search"] : [`subset=${subset}`];
  const own = groups.filter(({ task, method, records: [record] }) =>
    task === dpbert.task && method === "static-subset" && names.includes(familyOf(record).setting)
  );
  const away = (group: RunGroup) => Math.abs(layersOf(group) - layersOf(dpbert));
  return own.toSorted((a, b) => away(a) - away(b))[0];
}

function subsetCell(study: Study, dpbert: RunGroup, subset: string): string {
  const nearest = nearestSubset(study, dpbert, subset);
  if (!nearest) return noRunYet;
  const score = showScore(mean(scoresOf(nearest)));
  return marked(`${score} at ${showScore(layersOf(nearest))}${fewerSeeds(nearest.records, dpbert)}`, nearest);
}
