/** The README's table: the paper's claims in five rows, ours beside them, misses shown as plainly as hits. */
import type { RunRecord, TimingRecord } from "../../runs/records/record.ts";
import {
  findGroup,
  groupRuns,
  latencyShareOf,
  otherRowsNote,
  type RunGroup,
  scoresOf,
  smokeNote,
  speedupsOf,
} from "../study/groups.ts";
import { silentLeads } from "../study/leads.ts";
import { type Paper, paperMean } from "../study/paper.ts";
import { keptText } from "../tables/retention.ts";
import { mean } from "../statistics.ts";
import type { SoftGain } from "../tables/table2.ts";
import { noValue, showCounts, showDifference, showScore, showSpeedup, taskLabel } from "../style.ts";
import type { Lead, Table } from "../value.ts";

/** Notebook of each artefact, by file name; an artefact without one shows a dash. */
export type NotebookLinks = Partial<Record<"table1" | "figure3" | "figure4" | "table2", string>>;

/** A claim of the paper and what became of it here. */
interface Claim {
  artefact: string;
  paper: string;
  /** The file of `data/paper` that has the paper's number. */
  typed: string;
  ours: string;
  groups: readonly RunGroup[];
  /** How many seeds ours is of, where not all that the groups have. */
  seeds?: readonly number[];
  /** Whose records ours is computed from besides. */
  others?: readonly RunGroup[];
  /** The table that shows ours task by task. */
  table: "table1" | "retention" | "table2";
  notebook: string | undefined;
}

/**
 * Five rows: DPBERT's score, the share of BERT's score it keeps, its latency, its gain over soft gates, and its paths.
 * `setting` picks one operating point of DPBERT; the means of the paper's tables are taken over the tasks ours has.
 * `checked`: the page, below the profile's folder, that says how to check each claim.
 */
export function claimsTable(
  records: readonly RunRecord[],
  timings: readonly TimingRecord[],
  paper: Paper,
  profile: string,
  options: { setting?: string; notebooks?: NotebookLinks; soft?: SoftGain; checked?: string } = {},
): Table {
  const { setting = "", notebooks = {}, soft = noGain, checked } = options;
  const groups = groupRuns(records, timings, profile);
  const ours = groups.filter((group) => group.method === "dpbert" && group.setting === setting);
  const claims = [
    scoreClaim(ours, paper, notebooks.table1),
    keptClaim(ours, groups, paper, notebooks.table1),
    latencyClaim(ours, paper, notebooks.figure3 ?? notebooks.table1),
    softClaim(soft, paper, notebooks.table2),
    pathClaim(ours, paper, notebooks.figure4 ?? notebooks.table1),
  ];
  const columns = ["Artefact", "Paper", "Ours", "Profile, seeds", "From", "Notebook"];
  const width = Object.keys(notebooks).length > 0 ? 6 : 5; // a notebook need not lead to itself
  return {
    name: "claims",
    caption: [
      `${smokeNote(profile)} The paper's claims, with BERT-base, beside ours, mean over ${
        namesOf(tasksOf(ours)) || "no task yet"
      } unless a row names its tasks.`,
      "The numbers of the paper's tables are means over the same tasks, those of its abstract as it has them." +
      otherRowsNote(profile),
      ...checked ? [checkNote] : [],
    ].join(" ").trim(),
    columns: columns.slice(0, width),
    rows: claims.map((claim) => claimRow(claim, profile).slice(0, width)),
    align: (["left", "right", "right", "left", "left", "left"] as const).slice(0, width),
    leads: {
      note: "",
      caption: checked ? [{ path: checked, text: checkNote }] : [],
      head: [],
      rows: claims.map((claim) =>
        claimLeads(claim).filter(({ shown }) => !shown || columns.indexOf(shown.column) < width)
      ),
    },
  };
}

const checkNote = "How to check each of them.";

function claimRow(claim: Claim, profile: string): string[] {
  const { artefact, paper, ours, groups, table, notebook } = claim;
  const { seeds = groups.map((group) => group.records.length) } = claim;
  const shown = groups.length > 0 ? `${profile}, ${showCounts(seeds)}` : profile;
  return [artefact, paper, ours, shown, groups.length > 0 ? table : noValue, shortName(notebook)];
}

const shortName = (notebook: string | undefined) => notebook?.replace(/\.ipynb$/, "") ?? noValue;

/** The paper's number where it is typed, ours where it stands task by task, and every record behind it. */
function claimLeads({ paper, typed, groups, others = [], table, notebook }: Claim): Lead[] {
  return [
    { path: `data/paper/${typed}`, from: "project", shown: { column: "Paper", text: paper } },
    ...groups.length > 0 ? [{ path: `tables/${table}.md`, shown: { column: "From", text: table } }] : [],
    ...notebook === undefined ? [] : [{
      path: `notebooks/${notebook}`,
      from: "project" as const,
      shown: { column: "Notebook", text: shortName(notebook) },
    }],
    ...groups.length > 0 ? silentLeads([...groups, ...others]) : [],
  ];
}

const namesOf = (tasks: readonly string[]) => tasks.map(taskLabel).join(", ");
const tasksOf = (groups: readonly RunGroup[]) => groups.map((group) => group.task);
const meanScore = (groups: readonly RunGroup[]) => mean(groups.map((group) => mean(scoresOf(group))));

function scoreClaim(ours: readonly RunGroup[], paper: Paper, notebook?: string): Claim {
  return {
    artefact: "Table 1: DPBERT's mean dev score",
    paper: showScore(paperMean(paper, "dpbert", tasksOf(ours))),
    ours: showScore(meanScore(ours)),
    typed: "table1.tsv",
    groups: ours,
    table: "table1",
    notebook,
  };
}

function keptClaim(
  ours: readonly RunGroup[],
  all: readonly RunGroup[],
  paper: Paper,
  notebook?: string,
): Claim {
  const bertOf = (group: RunGroup) => findGroup(all, group.task, "bert");
  return {
    artefact: "Abstract: share of BERT's score kept (%)",
    paper: showScore(paper.claims.keptPercent),
    ours: keptText(ours, bertOf),
    typed: "claims.tsv",
    groups: ours,
    others: ours.flatMap((group) => bertOf(group) ?? []),
    table: "retention",
    notebook,
  };
}

function latencyClaim(ours: readonly RunGroup[], paper: Paper, notebook?: string): Claim {
  const speedup = mean(ours.map((group) => mean(speedupsOf(group)))), share = mean(ours.map(latencyShareOf));
  const cell = (latencyPercent: number, speedup: number) =>
    Number.isFinite(speedup) ? `${showScore(latencyPercent)} (${showSpeedup(speedup)})` : noValue;
  return {
    artefact: "Abstract: latency as a share of BERT's (%)",
    paper: cell(paper.claims.latencyPercent, paper.claims.speedUp),
    ours: cell(100 * share, speedup),
    typed: "claims.tsv",
    groups: ours,
    table: "retention",
    notebook,
  };
}

const noGain: SoftGain = { tasks: [], atLayers: [], gain: NaN, seeds: [], groups: [] };

/** The paper's gain over the same tasks; over all four of its Table 2 while ours has none. */
function softClaim({ tasks, gain, seeds, groups }: SoftGain, paper: Paper, notebook?: string): Claim {
  const compared = tasks.length > 0 ? tasks : Object.keys(paper.table2["dpbert-soft"]);
  const [reinforced, relaxed] = ["dpbert", "dpbert-soft"].map((method) => paperMean(paper, method, compared));
  return {
    artefact: `Table 2: gain of reinforcement learning over soft gates (${namesOf(compared)})`,
    paper: showDifference(reinforced === null || relaxed === null ? null : reinforced - relaxed),
    ours: showDifference(gain),
    typed: "table2.tsv",
    groups,
    seeds,
    table: "table2",
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
    typed: "table3.tsv",
    groups: ours,
    table: "retention",
    notebook,
  };
}
