/**
 * What micro-GLUE's tasks should be like, set before anything was trained, beside what was found: hard enough that the
 * first layers alone do not do, learnable by all of them, and such that a planner can spend layers by difficulty.
 */
import type { GradedRun } from "../../runs/records/graded.ts";
import type { RunRecord, TimingRecord } from "../../runs/records/record.ts";
import { settingSlug } from "../../runs/records/store.ts";
import { wholeMinutes } from "../tables/cost.ts";
import { type DevSet, devSets, firstLayers, scoresOn } from "../tables/dev_sets.ts";
import { levelCorrelations, shufflingCosts } from "../difficulty/levels.ts";
import { findGroup, groupRuns, provenanceNote, type RunGroup, sameSeeds } from "../study/groups.ts";
import { silentLeads } from "../study/leads.ts";
import { keptOf } from "../tables/retention.ts";
import { mean, summarise } from "../statistics.ts";
import { methodLabel, noValue, showDecimals, showInterval, taskLabel } from "../style.ts";
import type { Table } from "../value.ts";

/** Aims for scores x 100. */
interface ScoreAims {
  /** For the full model. */
  atLeast: number;
  atMost?: number;
  /** For the first four layers, trained anew: a highest score, or how far below the full model's it is to stay. */
  first4: { atMost: number } | { below: number };
}

/** By the title of a dev set. */
const aims: Readonly<Record<string, ScoreAims>> = {
  "CoLA": { atLeast: 90, first4: { atMost: 70 } },
  "MNLI-m": { atLeast: 82, first4: { below: 8 } },
  "MNLI-mm": { atLeast: 78, first4: { below: 8 } },
  "SST-2": { atLeast: 97, first4: { atMost: 88 } },
  "QNLI": { atLeast: 86, first4: { below: 8 } },
  "MRPC": { atLeast: 85, atMost: 97, first4: { below: 8 } },
  "QQP": { atLeast: 85, atMost: 97, first4: { below: 8 } },
  "RTE": { atLeast: 75, atMost: 92, first4: { below: 0 } },
  "STS-B": { atLeast: 85, atMost: 97, first4: { below: 8 } },
};

/** The tasks on which planning is to follow difficulty, and what that means. */
const planned = { tasks: ["cola", "sst-2"], kept: 97, layers: 60, correlation: 0.3, shuffling: 3 };

/** How much as many steps more as stage 3 has may add to the full model, for stage 1 to count as converged. */
const gainOfSteps = 0.5;

/** The longest that a task may take, on one core with a BLAS. */
const minutes = { stage1: 3.5, allStages: 6 };

/** An aim and what was found, by seed. */
interface Outcome {
  title: string;
  aim: string;
  found: number[];
  decimals: number;
  isReached(mean: number): boolean;
  groups: RunGroup[];
}

/**
 * Every aim of `profile` beside the mean over seeds: of the full model, of its first four layers, and of each DPBERT
 * setting of `settings` on the tasks where planning is to follow difficulty; of the minutes, beside the slowest task's.
 * Runs that are missing leave dashes.
 */
export function aimsTable(
  graded: readonly GradedRun[],
  timings: readonly TimingRecord[],
  profile: string,
  settings: readonly string[],
): Table {
  const groups = groupRuns(graded.map(({ record }) => record), timings, profile);
  const slowest = [
    slowestOutcome("Stage 1", minutes.stage1, "bert", "", groups),
    ...settings.map((setting) => {
      const name = `${methodLabel("dpbert", setting)}, all stages`;
      return slowestOutcome(name, minutes.allStages, "dpbert", setting, groups);
    }),
  ];
  const outcomes = [
    ...devSets.flatMap((
      set,
    ) => [fullOutcome(set, groups), first4Outcome(set, groups), convergedOutcome(set, groups)]),
    ...planned.tasks.flatMap((task) =>
      settings.flatMap((setting) => plannedOutcomes(task, setting, groups, graded))
    ),
    ...slowest,
  ];
  const columns = ["Task", "Aim", "Seeds", "Found", "95 % interval", "Reached"];
  return {
    name: "aims",
    caption:
      "What was aimed at before anything was trained here, and what was found: dev scores × 100, mean over seeds. " +
      "Minutes: of the slowest task, beside another training on the other core. " +
      provenanceNote(profile, groups),
    columns,
    rows: outcomes.map(outcomeRow),
    align: ["left", "left", "right", "right", "right", "left"],
    leads: { note: "", head: [], rows: outcomes.map(({ groups }) => silentLeads(groups)) },
  };
}

function outcomeRow({ title, aim, found, decimals, isReached }: Outcome): string[] {
  const spread = summarise(found), { n, mean } = spread, shown = showDecimals(mean, decimals);
  const interval = showInterval(spread, decimals);
  return [title, aim, `${n}`, shown, interval, n === 0 ? noValue : isReached(mean) ? "yes" : "no"];
}

function fullOutcome({ title, task, metric }: DevSet, groups: RunGroup[]): Outcome {
  const { atLeast, atMost } = aims[title], full = findGroup(groups, task, "bert");
  return {
    title,
    aim: `All layers: ${atMost === undefined ? `at least ${atLeast}` : `${atLeast} to ${atMost}`}`,
    found: scoresOn(full, { metric }),
    decimals: 1,
    isReached: (mean) => mean >= atLeast && mean <= (atMost ?? 100),
    groups: full ? [full] : [],
  };
}

function first4Outcome({ title, task, metric }: DevSet, groups: RunGroup[]): Outcome {
  const { first4 } = aims[title], decimals = 1;
  const full = findGroup(groups, task, "bert"), first = findGroup(groups, task, ...firstLayers(4));
  if ("atMost" in first4) {
    const { atMost } = first4, found = scoresOn(first, { metric });
    const aim = `First 4 layers: at most ${atMost}`, isReached = (mean: number) => mean <= atMost;
    return { title, aim, found, decimals, isReached, groups: first ? [first] : [] };
  }
  const { below } = first4, found = aboveBySeed(full, first, metric);
  const aim = `First 4 layers: ${below > 0 ? `at least ${below} ` : ""}below all`;
  const isReached = (mean: number) => mean > 0 && mean >= below;
  return { title, aim, found, decimals, isReached, groups: [full, first].flatMap((group) => group ?? []) };
}

function convergedOutcome({ title, task, metric }: DevSet, groups: RunGroup[]): Outcome {
  const full = findGroup(groups, task, "bert");
  const longer = findGroup(groups, task, "bert", settingSlug({ extraSteps: "stage3" }));
  return {
    title,
    aim: `All layers, as many steps: at most ${gainOfSteps} above all layers`,
    found: aboveBySeed(longer, full, metric),
    decimals: 1,
    isReached: (mean) => mean <= gainOfSteps,
    groups: [full, longer].flatMap((group) => group ?? []),
  };
}

/** How far `group` lies above `other`, seed by seed. */
function aboveBySeed(group: RunGroup | undefined, other: RunGroup | undefined, metric: string): number[] {
  return sameSeeds(group, other).map(([own, same]) => own.metrics[metric] - same.metrics[metric]);
}

/** The minutes of a method on the task where they are most. */
function slowestOutcome(
  name: string,
  atMost: number,
  method: string,
  setting: string,
  groups: RunGroup[],
): Outcome {
  const own = groups.filter((group) => group.method === method && group.setting === setting);
  const timed = own.map((group) => ({ group, found: wholeMinutes(group, groups) }))
    .filter(({ found }) => found.length > 0)
    .sort((a, b) => mean(b.found) - mean(a.found));
  return {
    title: timed.length > 0 ? taskLabel(timed[0].group.task) : "Any task",
    aim: `${name}: at most ${atMost} minutes`,
    found: timed[0]?.found ?? [],
    decimals: 1,
    isReached: (mean) => mean <= atMost,
    groups: own,
  };
}

function plannedOutcomes(
  task: string,
  setting: string,
  groups: RunGroup[],
  graded: readonly GradedRun[],
): Outcome[] {
  const group = findGroup(groups, task, "dpbert", setting), full = findGroup(groups, task, "bert");
  const name = methodLabel("dpbert", setting), own = group ? [group] : [];
  const runs = graded.filter(({ record }) => group?.records.includes(record));
  const common = { title: taskLabel(task), decimals: 1, groups: own };
  const shareOfLayers = ({ path }: RunRecord) => 100 * path.meanExecutedLayers / path.numLayers;
  return [
    {
      ...common,
      aim: `${name}: at least ${planned.kept} % of the full score`,
      found: group ? keptOf(group, full) : [],
      isReached: (mean) => mean >= planned.kept,
      groups: full ? [...own, full] : own,
    },
    {
      ...common,
      aim: `${name}: at most ${planned.layers} % of the layers`,
      found: group?.records.map(shareOfLayers) ?? [],
      isReached: (mean) => mean <= planned.layers,
    },
    {
      ...common,
      aim: `${name}: Spearman of level and layers at least ${planned.correlation}`,
      found: levelCorrelations({ runs }),
      decimals: 2,
      isReached: (mean) => mean >= planned.correlation,
    },
    {
      ...common,
      aim: `${name}: another input's path costs at least ${planned.shuffling} points`,
      found: group ? shufflingCosts(group) : [],
      isReached: (mean) => mean >= planned.shuffling,
    },
  ];
}
