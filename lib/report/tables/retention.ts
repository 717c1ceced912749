/** What skipping keeps: a method's score against the full model of the same seed, with its controls and its clock. */
import type { RunRecord, TimingRecord } from "../../runs/records/record.ts";
import {
  findGroup,
  groupRuns,
  layersOf,
  otherRowsNote,
  overTarget,
  overTargetNote,
  provenanceNote,
  type RunGroup,
  sameSeeds,
  scoresOf,
  speedupsOf,
  timedRows,
} from "../study/groups.ts";
import { headLeads, leadsOf, seedsNote, silentLeads } from "../study/leads.ts";
import { type Paper, paperScore } from "../study/paper.ts";
import { mean, summarise } from "../statistics.ts";
import {
  methodLabel,
  noValue,
  showCounts,
  showInterval,
  showLayers,
  showPercent,
  showScore,
  showSignificant,
  showSpeedup,
  taskLabel,
} from "../style.ts";
import type { Table } from "../value.ts";

const columns = [
  ...["Task", "Setting", "Seeds", "BERT", "Ours", "Kept (%)", "95 % interval", "Kept, paper (%)"],
  ...["Layers executed", "Distinct paths", "Commonest path", "Shuffled paths", "All layers on"],
  ...["Latency (ms)", "Speed-up"],
];

/**
 * For each task and setting of `method`: the share of BERT's score that it keeps (seed by seed, then averaged), the
 * layers it executes, how varied its paths are, the score with paths shuffled among the inputs (equal: the paths say
 * nothing about the input), the score of its weights with every layer on (stage 3 goes on training the backbone), and the batch-1 latency beside the full model's. Seeds without a `bert` run are left out.
 */
export function retentionTable(
  records: readonly RunRecord[],
  timings: readonly TimingRecord[],
  paper: Paper,
  profile: string,
  method = "dpbert",
): Table {
  const groups = groupRuns(records, timings, profile);
  const ours = groups.filter((group) => group.method === method);
  const bertOf = (group: RunGroup) => findGroup(groups, group.task, "bert");
  return {
    name: "retention",
    caption:
      `${methodLabel(method)} against BERT of the same seed, dev scores × 100. Shuffled paths: each input ` +
      "takes another one's path. All layers on: the same weights after stage 3, nothing skipped. Path: 1 = layer " +
      `executed, first layer first. ${overTargetNote}${latencyNote(ours)} ` +
      provenanceNote(profile, ours) + otherRowsNote(profile),
    columns,
    rows: ours.map((group) => retentionRow(group, bertOf(group), paper)),
    align: columns.map((_, column) => column < 2 ? "left" : "right"),
    leads: {
      note: `${seedsNote} BERT's record is the parent that a record names.`,
      head: headLeads({ paper: "Kept, paper (%)", measured: ["Latency (ms)", "Speed-up"] }),
      rows: ours.map((group) => {
        const bert = bertOf(group);
        return [...leadsOf(group), ...silentLeads(bert ? [bert] : [])];
      }),
    },
  };
}

/** What the column of latencies is; nothing where none was measured. */
function latencyNote(groups: readonly RunGroup[]): string {
  if (!groups.some(({ timings }) => timings.some(({ latency }) => latency))) return "";
  return ` Latency (ms): mean of ${
    timedRows(groups)
  } dev rows one by one, each the median of three passes, ours of ` +
    "BERT's; in glue's older timings the median row.";
}

function retentionRow(group: RunGroup, bert: RunGroup | undefined, paper: Paper): string[] {
  const kept = summarise(keptOf(group, bert));
  return [
    taskLabel(group.task),
    group.setting || noValue,
    `${group.records.length}`,
    showScore(bert && mean(scoresOf(bert))),
    showScore(mean(scoresOf(group))),
    showScore(kept.mean),
    showInterval(kept),
    showScore(paperKept(paper, group)),
    showLayers(layersOf(group), group.records[0].path.numLayers) + overTarget(group),
    showCounts(group.records.map((record) => record.path.distinctPaths)),
    commonestPaths(group),
    showScore(mean(controlNumbers(group, "shuffledPathsScore"))),
    showScore(mean(controlNumbers(group, "everyLayerScore"))),
    latency(group),
    showSpeedup(mean(speedupsOf(group))),
  ];
}

/** Percent of the full model's score that each run keeps; runs whose seed has no positive `bert` score are left out. */
export function keptOf(group: Pick<RunGroup, "records">, bert: RunGroup | undefined): number[] {
  return sameSeeds(group, bert).flatMap(([own, full]) =>
    full.metrics.score > 0 ? [own.metrics.score / full.metrics.score * 100] : []
  );
}

/** Where BERT scores this much, there is hardly anything to lose. */
const saturated = 99;

/** The mean share that is kept, and apart that of the tasks that BERT does not saturate: `99.2; 98.9 on the 5 tasks ...`. */
export function keptText(
  ours: readonly RunGroup[],
  bertOf: (group: RunGroup) => RunGroup | undefined,
): string {
  const kept = (groups: readonly RunGroup[]) =>
    showScore(mean(groups.map((group) => mean(keptOf(group, bertOf(group))))));
  const hard = ours.filter((group) => {
    const bert = bertOf(group);
    return bert && mean(scoresOf(bert)) < saturated;
  });
  if (hard.length === 0 || hard.length === ours.length) return kept(ours);
  const tasks = hard.length === 1 ? "task" : "tasks";
  return `${kept(ours)}; ${kept(hard)} on the ${hard.length} ${tasks} with BERT below ${saturated}`;
}

function paperKept(paper: Paper, { method, task }: RunGroup): number | null {
  const [score, full] = [paperScore(paper, method, task), paperScore(paper, "bert", task)];
  return score === null || full === null ? null : score / full * 100;
}

function controlNumbers(group: RunGroup, name: string): number[] {
  return group.records.map((record) => record.controls?.[name]).filter((value) => typeof value === "number");
}

/** The commonest path of each seed, once each, with its mean share: `111101 (100 %)`. */
function commonestPaths(group: RunGroup): string {
  const paths = group.records.map((record) => record.controls?.commonestPath).filter((path) =>
    path !== undefined
  );
  if (paths.length === 0) return noValue;
  const share = showPercent(mean(controlNumbers(group, "commonestPathShare")));
  return `${[...new Set(paths)].join(", ")} (${share})`;
}

function latency(group: RunGroup): string {
  const measured = group.timings.flatMap((timing) => timing.latency ?? []);
  if (measured.length === 0) return noValue;
  const ms = (values: number[]) => showSignificant(mean(values), 3);
  const ours = measured.map((one) => one.meanMs ?? one.medianMs);
  return `${ms(ours)} of ${ms(measured.map((one) => one.fullMeanMs ?? one.fullMedianMs))}`;
}
