/** Is the planning dynamic? Four questions per task, answered from records, and the verdict in words. */
import { type Compared, comparedWith, groupsIn } from "./comparison.ts";
import { comparedCell, curvesNote, inLayers } from "./compared_cell.ts";
import { familyOf, layerCost } from "./families.ts";
import { dynamicGates, levelCorrelations, shufflingCosts } from "./difficulty.ts";
import { findGroup, layersOf, provenanceNote, type RunGroup } from "./groups.ts";
import { leadsOf, seedsNote, silentLeads } from "./leads.ts";
import { fillCommand } from "./missing.ts";
import { marked, markNote } from "./marks.ts";
import { mean } from "./statistics.ts";
import type { Study } from "./study.ts";
import {
  inTaskOrder,
  methodLabel,
  noValue,
  showCounts,
  showDecimals,
  showScore,
  taskLabel,
} from "./style.ts";
import type { Table } from "./value.ts";

/** What counts as a yes; each of them in every seed. */
const bounds = {
  /** Gates that open for 5 to 95 % of the inputs. */
  gates: 1,
  /** Points that another input's path costs. */
  shuffling: 1,
  /** Spearman's correlation of level and layers, as the profile aims at. */
  correlation: 0.3,
};

/** The answers for one task; null: cannot be said, because runs are missing. */
export interface Answers {
  task: string;
  group: RunGroup;
  gatesVary: boolean;
  pathsFit: boolean | null;
  followsDifficulty: boolean | null;
  /** Spearman's correlation of level and layers, mean over seeds; NaN where levels are not known. */
  correlation: number;
  /** DPBERT against the best fixed subsets found, where both execute as many layers; null where they have none in common. */
  againstStatic: Compared | null;
}

/** The answers for every task on which the standing DPBERT has runs. */
export function answersOf(study: Study): Answers[] {
  return inTaskOrder(study.tasks).flatMap((task) => {
    const group = findGroup(study.groups, task, "dpbert", study.setting);
    return group ? [answersFor(study, task, group)] : [];
  });
}

function answersFor(study: Study, task: string, group: RunGroup): Answers {
  const costs = shufflingCosts(group);
  const runs = study.graded.filter(({ record }) => group.records.includes(record));
  const correlations = levelCorrelations({ runs });
  return {
    task,
    group,
    gatesVary: group.records.every((record) => dynamicGates(record) >= bounds.gates),
    pathsFit: costs.length > 0 ? costs.every((cost) => cost >= bounds.shuffling) : null,
    followsDifficulty: runs.length > 0 ? correlations.every((one) => one >= bounds.correlation) : null,
    correlation: mean(correlations),
    againstStatic: againstStatic(study, group),
  };
}

/** The best subsets that search found, whether search was asked for or is the default. */
function againstStatic(study: Study, group: RunGroup): Compared | null {
  const families = ["", "subset=search"].map((setting) => ({ method: "static-subset", setting }));
  const found = families.map((family) => comparedWith(study, group, family, layerCost));
  return found.find((one) => one !== null) ?? null;
}

/** The verdict on one task, in words. */
export function verdictFor({ gatesVary, pathsFit, againstStatic }: Answers): string {
  if (!gatesVary) return "static: not in every seed does a gate depend on the input";
  if (pathsFit === null) return "varied; whether the paths fit their inputs was not measured";
  if (!pathsFit) return "varied, but another input's path does as well";
  if (!againstStatic) {
    return "dynamic; whether it pays is not known without a static subset of as many layers";
  }
  if (againstStatic.verdict === "win") return "dynamic, and better than the best fixed subset found";
  if (againstStatic.verdict === "tie") return "dynamic, but no better than the best fixed subset found";
  return "dynamic, and worse than the best fixed subset found";
}

const columns = [
  ...["Task", "Seeds", "Do gates vary?", "Does a path fit its input?", "Does length follow difficulty?"],
  ...["Better than one subset for all?", "Verdict"],
];

/** The answers as a table; the caption begins with the verdict over all tasks. */
export function isItDynamicTable(study: Study): Table {
  const answers = answersOf(study), label = methodLabel("dpbert", study.setting);
  return {
    name: "is_it_dynamic",
    caption: `**${verdictText(study)}** ${label}; yes means yes in every seed. ` +
      `Gates: at least ${bounds.gates} opens for 5 to 95 % of the dev inputs. Path: giving every input another one's ` +
      `costs at least ${bounds.shuffling} point. Length: Spearman's correlation of executed layers and level of ` +
      `difficulty is at least ${bounds.correlation}. Better: score less that of the best fixed subsets that search found, ` +
      "fine-tuned for as many steps, where both execute as many layers, with the 95 % interval of a paired bootstrap over " +
      `dev rows and seeds. ${curvesNote} ${provenanceNote(study.profile, answers.map(({ group }) => group))}`,
    columns,
    rows: answers.map(answerRow),
    align: columns.map((_, column) => column === 1 ? "right" : "left"),
    leads: {
      note: seedsNote,
      head: [],
      rows: answers.map(({ group, againstStatic }) => [
        ...leadsOf(group),
        ...silentLeads(againstStatic ? groupsIn(againstStatic).filter((used) => used !== group) : []),
      ]),
    },
  };
}

const answer = (yes: boolean | null) => yes === null ? noValue : yes ? "yes" : "no";

function answerRow(answers: Answers): string[] {
  const { task, group, gatesVary, pathsFit, followsDifficulty, correlation, againstStatic } = answers;
  return [
    taskLabel(task),
    `${group.records.length}`,
    `${answer(gatesVary)}: ${dynamicCell(group)}`,
    pathsFit === null ? noValue : `${answer(pathsFit)}: ${showScore(mean(shufflingCosts(group)))} points`,
    followsDifficulty === null ? noValue : `${answer(followsDifficulty)}: ${showDecimals(correlation, 2)}`,
    againstStatic ? comparedCell(againstStatic, inLayers) : noValue,
    verdictFor(answers),
  ];
}

/** `gates 3 of 12, paths 4–9`: how many gates open for 5 to 95 % of the inputs, and how many paths there are. */
export function dynamicCell({ records }: RunGroup): string {
  const gates = showCounts(records.map(dynamicGates)),
    paths = showCounts(records.map(({ path }) => path.distinctPaths));
  return `gates ${gates} of ${records[0].path.numLayers}, paths ${paths}`;
}

/** The verdict over all tasks in a few sentences, counted from the answers. */
export function verdictText(study: Study): string {
  const answers = answersOf(study);
  if (answers.length === 0) {
    const name = methodLabel("dpbert", study.setting);
    return `Not known yet: there is no run of ${name}; ${fillCommand(study, "dpbert")} makes them.`;
  }
  const isDynamic = ({ gatesVary, pathsFit }: Answers) => gatesVary && pathsFit === true;
  const graded = answers.filter(({ followsDifficulty }) => followsDifficulty !== null);
  const compared = answers.filter(({ againstStatic }) => againstStatic !== null);
  const dynamic = `The planning is dynamic, in that gates vary and another input's path costs score, on ${
    counted(answers, isDynamic)
  }.`;
  const followed = graded.length > 0
    ? `Harder inputs take longer paths on ${counted(graded, ({ followsDifficulty }) => followsDifficulty!)}.`
    : "Whether harder inputs take longer paths is not known: how hard these rows are is not.";
  const pays = compared.length > 0
    ? `It is dynamic and better than the best fixed subset of as many layers on ${
      counted(compared, (one) => isDynamic(one) && one.againstStatic!.verdict === "win")
    }.`
    : `Whether it is better than the best fixed subset of as many layers is not known yet: ${
      lackingSubset(study)
    }.`;
  return [dynamic, followed, pays].join(" ") + markNote(...answers.flatMap(groupsOf));
}

/** Why there is no comparison with a static subset, and the command that makes what a profile has of them. */
function lackingSubset(study: Study): string {
  const command = fillCommand(study, "static-subset");
  return study.groups.some(({ method }) => method === "static-subset")
    ? `those that were run and DPBERT's settings have no number of layers in common; ${command} makes them all`
    : `${command} makes those runs`;
}

/** What an answer was made of. */
const groupsOf = ({ group, againstStatic }: Answers) =>
  againstStatic ? [group, ...groupsIn(againstStatic)] : [group];

/** `2 of 8 tasks (CoLA, SST-2)`. */
function counted(answers: readonly Answers[], holds: (answers: Answers) => boolean): string {
  const found = answers.filter(holds).map((one) => marked(taskLabel(one.task), ...groupsOf(one)));
  const names = found.length > 0 ? ` (${found.join(", ")})` : "";
  return `${found.length} of ${answers.length} ${answers.length === 1 ? "task" : "tasks"}${names}`;
}

const controlColumns = [
  ...[
    "Task",
    "Target",
    "Seeds",
    "Score",
    "Layers",
    "Commonest path's share",
    "All on commonest path",
    "Shuffled paths",
  ],
  ...["Every layer on", "Commonest path, fine-tuned", "Best subset found", "Random subset"],
];

/** What every control leaves of the score, for every setting of DPBERT's curve; subsets with their layers. */
export function controlsTable(study: Study): Table {
  const ours = study.groups.filter(({ method, records: [record] }) =>
    method === "dpbert" && familyOf(record).setting === ""
  );
  return {
    name: "controls",
    caption:
      "Dev scores × 100 of DPBERT and of its controls, mean over seeds. All on commonest path, shuffled paths, every " +
      "layer on: the same weights under other paths. Subsets: the same layers for every input, fine-tuned from stage 1 " +
      `for the steps of stage 3, with the number of layers. ${provenanceNote(study.profile, ours)}`,
    columns: controlColumns,
    rows: ours.map((group) => controlRow(study, group)),
    leads: { note: seedsNote, head: [], rows: ours.map(leadsOf) },
  };
}

function controlRow(study: Study, group: RunGroup): string[] {
  const control = (name: string) => mean(group.records.flatMap(({ controls }) => numberIn(controls?.[name])));
  const share = control("commonestPathShare");
  return [
    taskLabel(group.task),
    group.setting || noValue,
    `${group.records.length}`,
    showScore(mean(group.records.map(({ metrics }) => metrics.score))),
    showScore(layersOf(group)),
    Number.isFinite(share) ? `${showDecimals(100 * share, 0)} %` : noValue,
    ...["commonestPathScore", "shuffledPathsScore", "everyLayerScore"].map((name) =>
      showScore(control(name))
    ),
    ...["commonest", "search", "random"].map((subset) => subsetCell(study, group, subset)),
  ];
}

const numberIn = (value: unknown): number[] => typeof value === "number" ? [value] : [];

/** The subset of that kind whose layers are nearest to the group's. */
function subsetCell({ groups }: Study, dpbert: RunGroup, subset: string): string {
  const names = subset === "search" ? ["", "subset=search"] : [`subset=${subset}`];
  const own = groups.filter(({ task, method, records: [record] }) =>
    task === dpbert.task && method === "static-subset" && names.includes(familyOf(record).setting)
  );
  const away = (group: RunGroup) => Math.abs(layersOf(group) - layersOf(dpbert));
  const nearest = own.toSorted((a, b) => away(a) - away(b))[0];
  if (!nearest) return noValue;
  const score = showScore(mean(nearest.records.map(({ metrics }) => metrics.score)));
  return marked(`${score} at ${showScore(layersOf(nearest))}`, nearest);
}
