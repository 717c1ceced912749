/** The README's table: the paper's claims in five rows, ours beside them, misses shown as plainly as hits. */
import type { RunRecord, TimingRecord } from "../runs/record.ts";
import { findGroup, groupRuns, type RunGroup, scoresOf, smokeNote, speedupsOf } from "./groups.ts";
import { type Paper, paperMean } from "./paper.ts";
import { keptOf } from "./retention.ts";
import { mean } from "./statistics.ts";
import { noValue, showCounts, showDifference, showScore, showSpeedup, taskLabel } from "./style.ts";
import type { Table } from "./value.ts";

/** Notebook of each artefact, by file name; an artefact without one shows a dash. */
export type NotebookLinks = Partial<Record<"table1" | "figure3" | "figure4" | "table2", string>>;

/** A claim of the paper and what became of it here. */
interface Claim {
  artefact: string;
  paper: string;
  ours: string;
  groups: readonly RunGroup[];
  notebook: string | undefined;
}

/**
 * Five rows: DPBERT's score, the share of BERT's score it keeps, its latency, its gain over soft gates, and its paths.
 * `setting` picks one operating point of DPBERT; the paper's means are taken over the tasks ours has.
 */
export function claimsTable(
  records: readonly RunRecord[],
  timings: readonly TimingRecord[],
  paper: Paper,
  profile: string,
  options: { setting?: string; notebooks?: NotebookLinks } = {},
): Table {
  const { setting = "", notebooks = {} } = options;
  const groups = groupRuns(records, timings, profile);
  const ours = groups.filter((group) => group.method === "dpbert" && group.setting === setting);
  const claims = [
    scoreClaim(ours, paper, notebooks.table1),
    keptClaim(ours, groups, paper, notebooks.table1),
    latencyClaim(ours, paper, notebooks.figure3 ?? notebooks.table1),
    softClaim(ours, groups, paper, notebooks.table2),
    pathClaim(ours, paper, notebooks.figure4 ?? notebooks.table1),
  ];
  const width = Object.keys(notebooks).length > 0 ? 5 : 4; // links make sense on a page, not in the notebook itself
  return {
    name: "claims",
    caption: `The paper's claims beside ours, mean over ${
      ours.map((group) => taskLabel(group.task)).join(", ") || "no task yet"
    }; the paper's means over the same tasks, with BERT-base.${smokeNote(profile)}`,
    columns: ["Artefact", "Paper", "Ours", "Profile, seeds", "Notebook"].slice(0, width),
    rows: claims.map((claim) => claimRow(claim, profile).slice(0, width)),
    align: (["left", "right", "right", "left", "left"] as const).slice(0, width),
  };
}

function claimRow({ artefact, paper, ours, groups, notebook }: Claim, profile: string): string[] {
  const seeds = groups.length > 0
    ? `${profile}, ${showCounts(groups.map((group) => group.records.length))}`
    : profile;
  const link = notebook ? `[${notebook.replace(/\.ipynb$/, "")}](notebooks/${notebook})` : noValue;
  return [artefact, paper, ours, seeds, link];
}

const tasksOf = (groups: readonly RunGroup[]) => groups.map((group) => group.task);
const meanScore = (groups: readonly RunGroup[]) => mean(groups.map((group) => mean(scoresOf(group))));

function scoreClaim(ours: readonly RunGroup[], paper: Paper, notebook?: string): Claim {
  return {
    artefact: "Table 1: DPBERT's mean dev score",
    paper: showScore(paperMean(paper, "dpbert", tasksOf(ours))),
    ours: showScore(meanScore(ours)),
    groups: ours,
    notebook,
  };
}

function keptClaim(
  ours: readonly RunGroup[],
  all: readonly RunGroup[],
  paper: Paper,
  notebook?: string,
): Claim {
  const kept = ours.map((group) => mean(keptOf(group, findGroup(all, group.task, "bert"))));
  return {
    artefact: "Abstract: share of BERT's score kept (%)",
    paper: showScore(paper.claims.keptPercent),
    ours: showScore(mean(kept)),
    groups: ours,
    notebook,
  };
}

function latencyClaim(ours: readonly RunGroup[], paper: Paper, notebook?: string): Claim {
  const speedup = mean(ours.map((group) => mean(speedupsOf(group))));
  const cell = (latencyPercent: number, speedup: number) =>
    Number.isFinite(speedup) ? `${showScore(latencyPercent)} (${showSpeedup(speedup)})` : noValue;
  return {
    artefact: "Abstract: latency as a share of BERT's (%)",
    paper: cell(paper.claims.latencyPercent, paper.claims.speedUp),
    ours: cell(100 / speedup, speedup),
    groups: ours,
    notebook,
  };
}

function softClaim(
  ours: readonly RunGroup[],
  all: readonly RunGroup[],
  paper: Paper,
  notebook?: string,
): Claim {
  const soft = all.filter((group) =>
    group.method === "dpbert-soft" && ours.some((other) => other.task === group.task) && group.setting === ""
  );
  const matched = ours.filter((group) => tasksOf(soft).includes(group.task));
  const compared = soft.length > 0 ? tasksOf(soft) : Object.keys(paper.table2["dpbert-soft"]);
  const [reinforced, relaxed] = [
    paperMean(paper, "dpbert", compared),
    paperMean(paper, "dpbert-soft", compared),
  ];
  return {
    artefact: "Table 2: gain of reinforcement learning over soft gates",
    paper: showDifference(reinforced === null || relaxed === null ? null : reinforced - relaxed),
    ours: showDifference(meanScore(matched) - meanScore(soft)),
    groups: soft,
    notebook,
  };
}

function pathClaim(ours: readonly RunGroup[], paper: Paper, notebook?: string): Claim {
  const counts = ours.flatMap((group) => group.records.map((record) => record.path.distinctPaths));
  const shown = new Set(paper.table3.map((row) => row.layers.join(" "))).size;
  return {
    artefact: "Table 3, Figure 4: distinct paths on a task's dev set",
    paper: `${shown} shown in examples`,
    ours: showCounts(counts),
    groups: ours,
    notebook,
  };
}
