/** For a reviewer: each claim with the command that checks it, what it should give, and how far off is still the same. */
import { winsTable } from "../tables/competitors.ts";
import { allowedDistance } from "../tables/agreement.ts";
import { secondsOf, wholeMinutes } from "../tables/cost.ts";
import { answersOf, isDynamic } from "../difficulty/dynamic.ts";
import {
  findGroup,
  meansOverTasks,
  provenanceNote,
  type RunGroup,
  scoresOf,
  speedupsOf,
} from "../study/groups.ts";
import { type RunRecord, trainCommand } from "../../runs/records/record.ts";
import { overridesOf } from "../../runs/records/overrides.ts";
import { leadsOf } from "../study/leads.ts";
import { keptOf, keptText } from "../tables/retention.ts";
import { marked } from "../study/marks.ts";
import { isComplete } from "../study/missing.ts";
import { mean, predictionHalfWidth95 } from "../statistics.ts";
import { timingsOf } from "../study/study.ts";
import type { Study } from "../study/study.ts";
import { type SoftGain, softGain } from "../tables/table2.ts";
import {
  methodLabel,
  noValue,
  showDecimals,
  showDifference,
  showHalfWidth,
  showLayers,
  showRange,
  showScore,
  showSpeedup,
  taskLabel,
} from "../style.ts";
import type { Lead, Table } from "../value.ts";

const columns = ["Claim", "Command", "Minutes", "Expected", "Tolerance", "Record"];

interface Line {
  cells: string[];
  lead: Lead;
}

/**
 * Score and layers of BERT and of DPBERT task by task, each by the command that trains seed 0; then what is claimed of all
 * of them, by the command that trains everything. On the same build and backend a value is the same to the last digit; the
 * tolerance is for other machines: the range that one more seed falls into with 95 % confidence, or what is said.
 */
export function claimsToCheck(study: Study): Table {
  const lines = [...study.tasks.flatMap((task) => taskLines(study, task)), ...wholeLines(study)];
  const shown = study.groups.filter(({ method, setting }) =>
    (method === "bert" && setting === "") || (method === "dpbert" && setting === study.setting)
  );
  return {
    name: "claims",
    caption:
      "What is claimed and how to check it: dev scores × 100. Minutes: training, of this run and the one it starts " +
      "from, or of all runs, one after the other, on the machine that their timings name; over: of those that are there, while " +
      "some that the command makes are missing. Expected: of a " +
      "single run seed 0's. Tolerance: as far as one more seed may lie from the mean of those that were run with 95 % confidence, as " +
      `\`reproduce\` allows it. ${provenanceNote(study.profile, shown)}`,
    columns,
    rows: lines.map(({ cells }) => cells),
    align: columns.map((_, column) => [0, 1, 5].includes(column) ? "left" : "right"),
    leads: { note: "", head: [], rows: lines.map(({ lead }) => [lead]) },
  };
}

function taskLines(study: Study, task: string): Line[] {
  const bert = findGroup(study.groups, task, "bert"),
    ours = findGroup(study.groups, task, "dpbert", study.setting);
  const named = (group: RunGroup) => `${taskLabel(task)}: ${methodLabel(group.method, group.setting)}`;
  const lines = [bert, ours].flatMap((group) =>
    group
      ? [
        runLine(
          study,
          group,
          `${named(group)} scores`,
          showScore(first(group).metrics.score),
          allowed(scoresOf(group)),
        ),
      ]
      : []
  );
  if (!ours) return lines;
  const { path } = first(ours), layers = ours.records.map((record) => record.path.meanExecutedLayers);
  const spread = layers.length < 2 ? NaN : predictionHalfWidth95(layers, 1);
  const shown = showLayers(path.meanExecutedLayers, path.numLayers);
  return [...lines, runLine(study, ours, `${named(ours)} executes`, shown, showHalfWidth(spread))];
}

const first = ({ records }: RunGroup): RunRecord => records[0];

/** As `compareWithCommitted` allows one run. */
const allowed = (scores: readonly number[]) => showHalfWidth(allowedDistance(scores, 1));

function runLine(study: Study, group: RunGroup, claim: string, expected: string, tolerance: string): Line {
  const record = first(group), [lead] = leadsOf(group), { path } = lead;
  const command = `\`${trainCommand(record, overridesOf(record))}\``;
  return {
    cells: [
      claim,
      command,
      showDecimals(mean(wholeMinutes({ records: [record] }, study.groups)), 1),
      expected,
      tolerance,
      path,
    ],
    lead: { ...lead, shown: { column: "Record", text: path } },
  };
}

function wholeLines(study: Study): Line[] {
  const all = `\`deno task reproduce --profile ${study.profile} --full\``,
    minutes = minutesOfAll(study),
    filled = (text: string) => marked(text, ...study.groups);
  const line = (claim: string, expected: string, tolerance: string, table: string): Line => ({
    cells: [claim, all, minutes, expected, tolerance, table],
    lead: { path: `tables/${table}.md`, shown: { column: "Record", text: table } },
  });
  const ours = study.groups.filter(({ method, setting }) => method === "dpbert" && setting === study.setting);
  const kept = keptBySeed(study, ours);
  const speedups = ours.map((group) => mean(speedupsOf(group))).filter(Number.isFinite);
  const answers = answersOf(study), dynamic = answers.filter(isDynamic);
  const soft = softGain(study), name = methodLabel("dpbert", study.setting), tasks = answers.length;
  return [
    line(
      `${name} keeps this share of BERT's score (%), mean over tasks`,
      filled(keptText(ours, (group) => findGroup(study.groups, group.task, "bert"))),
      allowed(kept),
      "retention",
    ),
    line(
      `${name} is faster than BERT, mean over tasks`,
      filled(showSpeedup(mean(speedups))),
      `seen: ${showRange(speedups, 2)}`,
      "retention",
    ),
    ...verdicts(study).map(({ competitor, counts }) =>
      line(`${name} against ${competitor} at equal layers: wins / ties / losses`, counts, "± 1 task", "wins")
    ),
    line(
      `DPBERT gains over soft gates ${softPlaces(soft)}`,
      filled(showDifference(soft.gain)),
      "same sign",
      "table2",
    ),
    line(
      `${name} plans dynamically on`,
      filled(tasks === 0 ? noValue : `${dynamic.length} of ${tasks} tasks`),
      "± 1 task",
      "is_it_dynamic",
    ),
  ];
}

/** Where the gains are that the mean is of: `at equal speed-up (RTE, MRPC), at equal layers (SST-2)`. */
function softPlaces({ tasks, atLayers }: SoftGain): string {
  const timed = tasks.filter((task) => !atLayers.includes(task));
  const place = (cost: string, tasks: readonly string[]) =>
    tasks.length > 0 ? [`at equal ${cost} (${tasks.map(taskLabel).join(", ")})`] : [];
  const places = [...place("speed-up", timed), ...place("layers", atLayers)];
  return places.join(", ") || "at equal speed-up (no task yet)";
}

/** Minutes of all runs, one after the other: `512`; `over 512` until the profile has all that it wants. */
function minutesOfAll(study: Study): string {
  const seconds = timingsOf(study).reduce((sum, timing) => sum + secondsOf(timing), 0);
  const minutes = showDecimals(seconds / 60, 0);
  return isComplete(study) ? minutes : `over ${minutes}`;
}

/** Against each competitor that has runs, on how many tasks DPBERT wins, ties and loses at equal layers: `5 / 2 / 1`. */
function verdicts(study: Study): { competitor: string; counts: string }[] {
  const { columns, rows } = winsTable(study), at = columns.indexOf("At equal layers");
  return rows.map((row) => ({ competitor: row[0], counts: row[at] === "0 / 0 / 0" ? noValue : row[at] }));
}

/** Mean over tasks of the percentage of BERT's score that is kept, for every seed that all of `ours` have. */
function keptBySeed(study: Study, ours: readonly RunGroup[]): number[] {
  return meansOverTasks(ours, (record) => {
    const [kept] = keptOf({ records: [record] }, findGroup(study.groups, record.task, "bert"));
    return kept;
  });
}
