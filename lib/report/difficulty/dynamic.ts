/** Is the planning dynamic? Five questions per task, answered from records, and the verdict in words. */
import type { RunRecord } from "../../runs/records/record.ts";
import { type Compared, comparedWith, groupsIn } from "../comparison/comparison.ts";
import { byLayers, comparisonCell, curvesLead, curvesNote } from "../comparison/cell.ts";
import { type Family, layerCost } from "../comparison/families.ts";
import { dynamicGates, levelCorrelations, onePathCosts, onePathLayers, shufflingCosts } from "./levels.ts";
import { findGroup, provenanceNote, type RunGroup } from "../study/groups.ts";
import { leadsOf, seedsNote, silentLeads } from "../study/leads.ts";
import { fillCommand, fillNote, noRunYet } from "../study/missing.ts";
import { marked, markNote } from "../study/marks.ts";
import { mean } from "../statistics.ts";
import type { Study } from "../study/study.ts";
import {
  inTaskOrder,
  methodLabel,
  noValue,
  showCounts,
  showDecimals,
  showPoints,
  taskLabel,
} from "../style.ts";
import type { Table } from "../value.ts";

/** What counts as a yes, seed by seed. */
const bounds = {
  /** Gates that open for 5 to 95 % of the inputs. */
  gates: 1,
  /** Points that another input's path costs, or one path for all. */
  points: 1,
  /** Layers that one path for all executes more: as good at a higher price is no match. */
  layers: 0.25,
  /** Spearman's correlation of level and layers, as the profile aims at. */
  correlation: 0.3,
};

/** The answers for one task, seed by seed; empty: cannot be said, because it was not measured. */
export interface Answers {
  task: string;
  group: RunGroup;
  gatesVary: boolean[];
  pathsFit: boolean[];
  onePathCosts: boolean[];
  followsDifficulty: boolean[];
  /** Seeds in which gates vary, and both another path and one for all cost something. */
  dynamicSeeds: number;
  /** The same, were only the score of one path for all counted, not its layers. */
  dynamicByScore: number;
  /** Spearman's correlation of level and layers, mean over seeds; NaN where levels are not known. */
  correlation: number;
  /** DPBERT against the best fixed subsets found; null where they cannot be compared. */
  againstStatic: Compared | null;
}

/** The answers for every task on which the standing DPBERT has runs. */
export function answersOf(study: Study): Answers[] {
  return inTaskOrder(study.tasks).flatMap((task) => {
    const group = findGroup(study.groups, task, "dpbert", study.setting);
    return group ? [answersFor(study, task, group)] : [];
  });
}

type Records = Pick<RunGroup, "records">;

const doPathsFit = (group: Records) => shufflingCosts(group).map((cost) => cost >= bounds.points);

const doesOnePathCostScore = (group: Records) => onePathCosts(group).map((cost) => cost >= bounds.points);

function doesOnePathCost(group: Records): boolean[] {
  const layers = onePathLayers(group);
  return doesOnePathCostScore(group).map((cost, at) => cost || layers[at] >= bounds.layers);
}

/** Whether the planning is dynamic on that task, in every seed. */
export const isDynamic = ({ group, dynamicSeeds }: Answers): boolean => dynamicSeeds === group.records.length;

function answersFor(study: Study, task: string, group: RunGroup): Answers {
  const runs = study.graded.filter(({ record }) => group.records.includes(record));
  const correlations = levelCorrelations({ runs });
  const doGatesVary = (record: RunRecord) => dynamicGates(record) >= bounds.gates;
  const dynamicSeeds = (onePath: (group: Records) => boolean[]) =>
    group.records.filter((record) => {
      const alone = { records: [record] }, [fits] = doPathsFit(alone), [costs] = onePath(alone);
      return doGatesVary(record) && fits === true && costs === true;
    }).length;
  return {
    task,
    group,
    gatesVary: group.records.map(doGatesVary),
    pathsFit: doPathsFit(group),
    onePathCosts: doesOnePathCost(group),
    followsDifficulty: correlations.map((one) => one >= bounds.correlation),
    dynamicSeeds: dynamicSeeds(doesOnePathCost),
    dynamicByScore: dynamicSeeds(doesOnePathCostScore),
    correlation: mean(correlations),
    againstStatic: comparedWith(study, group, fixedSubsets, layerCost),
  };
}

/** Whether it was measured, and every seed says yes. */
const always = (seeds: readonly boolean[]) => seeds.length > 0 && seeds.every(Boolean);

const yeses = (seeds: readonly boolean[]) => seeds.filter(Boolean).length;

/** `2 of 3 seeds`. */
const ofSeeds = (count: number, { length }: readonly boolean[]) => `${count} of ${length} seeds`;

/** Subsets of the same layers for every input, whoever chose them: a curve takes the best on held-out rows of each size. */
const fixedSubsets: Family = { method: "static-subset", setting: "", apart: ["subset"] };

/** The verdict on one task, in words. */
export function verdictFor({ gatesVary, pathsFit, onePathCosts, againstStatic }: Answers): string {
  const varied = yeses(gatesVary);
  if (varied === 0) return "static: no gate depends on the input";
  if (varied < gatesVary.length) {
    return `varied in ${ofSeeds(varied, gatesVary)}, static in ${gatesVary.length - varied}`;
  }
  if (pathsFit.length === 0 || onePathCosts.length === 0) {
    return "varied; whether the paths fit their inputs was not measured";
  }
  if (!always(pathsFit)) return `varied, but another input's path does as well${inSeeds(pathsFit)}`;
  if (!always(onePathCosts)) return `varied, but one path for all does as well${inSeeds(onePathCosts)}`;
  if (!againstStatic) {
    return "dynamic; whether it pays is not known without a static subset of as many layers";
  }
  if (againstStatic.verdict === "win") {
    return againstStatic.apart
      ? "dynamic, and better than the best fixed subset found, which has more layers"
      : "dynamic, and better than the best fixed subset found";
  }
  if (againstStatic.verdict === "tie") return "dynamic, but no better than the best fixed subset found";
  return "dynamic, and worse than the best fixed subset found";
}

/** ` in 2 of 3 seeds`: those that say no, where not all do. */
function inSeeds(seeds: readonly boolean[]): string {
  return yeses(seeds) > 0 ? ` in ${ofSeeds(seeds.length - yeses(seeds), seeds)}` : "";
}

const columns = [
  ...["Task", "Seeds", "Do gates vary?", "Does a path fit its input?", "Does one path for all cost?"],
  ...["Does length follow difficulty?", "Better than one subset for all?", "Verdict"],
];

/** The answers as a table; the caption begins with the verdict over all tasks. */
export function isItDynamicTable(study: Study): Table {
  const answers = answersOf(study), label = methodLabel("dpbert", study.setting);
  const rows = answers.map((one) => answerRow(study, one));
  return {
    name: "is_it_dynamic",
    caption:
      `**${
        verdictText(study)
      }** ${label}; yes means yes in every seed, numbers are means with the smallest and ` +
      `largest seed. Gates: at least ${bounds.gates} opens for 5 to 95 % of the dev inputs. Path: giving every input ` +
      `another one's costs at least ${bounds.points} point. One path: giving every input the commonest one costs as much, ` +
      `or ${bounds.layers} layers more than an input executes. Length: Spearman's correlation of executed layers and level of difficulty is at least ${bounds.correlation}. Better: ` +
      "score less that of the best fixed subsets (searched, the planner's commonest path, random; the better on held-out " +
      `rows), fine-tuned for as many steps, where both execute as many layers, with the 95 % interval of a paired bootstrap over dev rows and the seeds that both have. ${curvesNote} ${
        provenanceNote(study.profile, answers.map(({ group }) => group))
      }${missingSubsets(study, rows)}`,
    columns,
    rows,
    align: columns.map((_, column) => column === 1 ? "right" : "left"),
    leads: {
      note: seedsNote,
      caption: [curvesLead],
      head: [],
      rows: answers.map(({ group, againstStatic }) => [
        ...leadsOf(group),
        ...silentLeads(againstStatic ? groupsIn(againstStatic).filter((used) => used !== group) : []),
      ]),
    },
  };
}

/** The command for missing subsets, for the captions of tables that lack nothing else. */
export const missingSubsets = (study: Study, rows: readonly string[][]) =>
  rows.flat().includes(noRunYet) ? fillNote(study, ["static-subset"]) : "";

function answerRow(study: Study, answers: Answers): string[] {
  const { task, group, gatesVary, pathsFit, followsDifficulty, correlation } = answers;
  return [
    taskLabel(task),
    `${group.records.length}`,
    answer(gatesVary, dynamicCell(group)),
    answer(pathsFit, showPoints(shufflingCosts(group))),
    answer(answers.onePathCosts, onePathCell(group)),
    answer(followsDifficulty, showDecimals(correlation, 2)),
    staticCell(study, answers),
    verdictFor(answers),
  ];
}

/** `yes: 12.2`, `in 2 of 3 seeds: 3.0 (0.0 to 7.2)`. */
function answer(seeds: readonly boolean[], found: string): string {
  if (seeds.length === 0) return noValue;
  const partly = `in ${ofSeeds(yeses(seeds), seeds)}`;
  return `${always(seeds) ? "yes" : yeses(seeds) === 0 ? "no" : partly}: ${found}`;
}

/** `10.2 (−0.2 to 30.6), layers −0.1 (−1.0 to 0.7)`. */
function onePathCell(group: RunGroup): string {
  return `${showPoints(onePathCosts(group))}, layers ${showPoints(onePathLayers(group))}`;
}

function staticCell(study: Study, { group, againstStatic }: Answers): string {
  const found = comparisonCell(againstStatic, study, group, fixedSubsets, byLayers);
  return againstStatic ? found + fewerSeeds(againstStatic.seeds, group) : found;
}

/** `, 1 seed`, where a number is of fewer seeds than its row. */
export function fewerSeeds({ length }: { length: number }, { records }: RunGroup): string {
  return length < records.length ? `, ${length} ${length === 1 ? "seed" : "seeds"}` : "";
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
  const graded = answers.filter(({ followsDifficulty }) => followsDifficulty.length > 0);
  const compared = answers.filter(({ againstStatic }) => againstStatic && !againstStatic.apart);
  const partly = answers.filter((one) => one.dynamicSeeds > 0 && !isDynamic(one));
  const ifScoreAlone = counted(
    answers,
    ({ group, dynamicByScore }) => dynamicByScore === group.records.length,
  );
  const dynamic = `In every seed the planning is dynamic on ${counted(answers, isDynamic)}${
    partly.length > 0 ? `, in some seeds on ${counted(answers, (one) => partly.includes(one))}` : ""
  }.`;
  const meaning =
    "Dynamic means: gates vary, another input's path costs score, and one path for all costs score or executes more " +
    `layers; if only score counted in the last, it would be ${ifScoreAlone}.`;
  const followed = graded.length > 0
    ? `Harder inputs take longer paths on ${
      counted(graded, ({ followsDifficulty }) => always(followsDifficulty))
    }.`
    : "Whether harder inputs take longer paths is not known: how hard these rows are is not.";
  const pays = compared.length > 0
    ? `It is dynamic and better than the best fixed subset of as many layers on ${
      counted(compared, (one) => isDynamic(one) && one.againstStatic!.verdict === "win")
    }.`
    : `Whether it is better than the best fixed subset of as many layers is not known yet: ${
      lackingSubset(study)
    }.`;
  return [dynamic, meaning, followed, pays].join(" ") + markNote(...answers.flatMap(groupsOf));
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
