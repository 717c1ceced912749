/** Figure 3 of the paper: score against cost, one curve per system. */
import type { RunRecord, TimingRecord } from "../../runs/records/record.ts";
import {
  type Cost,
  type CurvePoint,
  familiesOf,
  type Family,
  isOfSystem,
  latencyCost,
  layerCost,
  pointsOf,
} from "../comparison/families.ts";
import {
  findGroup,
  groupRuns,
  otherRowsNote,
  provenanceNote,
  type RunGroup,
  scoresOf,
  timedRows,
} from "../study/groups.ts";
import { sourcesOf } from "../study/leads.ts";
import { markNote, pointMarks, seedNote, seedSymbol } from "../study/marks.ts";
import { panelAxes, panelsHeight, panelsLayout, showEachLegendOnce } from "./panels.ts";
import { type Paper, paperScore } from "../study/paper.ts";
import { keptOf } from "../tables/retention.ts";
import { mean, summarise, type Summary } from "../statistics.ts";
import {
  familyStyle,
  figureWidth,
  inTaskOrder,
  methodLabel,
  methodStyle,
  paperColour,
  showRange,
  taskLabel,
} from "../style.ts";
import type { Figure } from "../value.ts";
import { whiskers } from "./whiskers.ts";

/** The tasks of the paper's Figure 3. */
const paperTasks = ["sst-2", "qnli"];

/** The paper's adaptive methods, whose points of its Table 1 are drawn in grey. */
const adaptive = ["deebert", "pabee", "berxit", "dpbert"];

/** From which score a panel has a second one beside it that shows no less: nobody takes a method that keeps less. */
const closeUpFrom = 95;

/**
 * The paper's Figure 3: dev score in percent of BERT's against batch-1 latency in percent of BERT's, on the paper's two
 * tasks (where neither has a timed run: on all), one line per system through the settings whose latency was measured;
 * points are means over seeds, whiskers reach from the smallest to the largest. Where some keep little, the best stand
 * once more in a close-up. In grey the paper, of its own BERT: the cross is its claim, the other points its Table 1.
 */
export function figure3(
  records: readonly RunRecord[],
  timings: readonly TimingRecord[],
  paper: Paper,
  profile: string,
): Figure {
  const groups = comparedGroups(records, timings, profile).filter((group, _, all) =>
    findGroup(all, group.task, "bert")
  );
  const timed = inTaskOrder(groups.filter((group) => hasCost(group, latencyCost)).map(({ task }) => task));
  const asPaper = timed.filter((task) => paperTasks.includes(task)),
    tasks = asPaper.length > 0 ? asPaper : timed;
  const drawn = groups.filter((group) => tasks.includes(group.task) && hasCost(group, latencyCost));
  const kept: Scores = {
    title: "% of BERT's score",
    of: (group) => keptOf(group, findGroup(groups, group.task, "bert")),
  };
  const isLow = drawn.some((group) => mean(kept.of(group)) < closeUpFrom);
  const panels = tasks.flatMap((task): Panel[] =>
    isLow ? [{ task }, { task, from: closeUpFrom }] : [{ task }]
  );
  const theirs = panels.flatMap(({ task }, panel) => paperPoints(task, paper, panel));
  return {
    ...tradeOff(groups, panels, latencyCost, "Latency (% of BERT's)", kept, theirs),
    name: "figure3",
    caption:
      "Figure 3. Dev score against latency at batch size 1, both in percent of BERT's of the same seed; latency: " +
      `mean of ${
        timedRows(drawn)
      } dev rows one by one. Points: mean over seeds; whiskers: smallest to largest seed.${seedNote(drawn)}${
        isLow ? ` Right: the same from ${closeUpFrom} % on.` : ""
      } Grey: the paper's, of its own BERT; the cross is its claim, ${paper.claims.keptPercent} % of the score at ` +
      `${paper.claims.latencyPercent} % of the latency, the other points its Table 1: scores of the task at latencies ` +
      `averaged over its tasks.${absentNote(drawn, tasks)}${reachNote(drawn, tasks)} ${
        provenanceNote(profile, drawn) + markNote(...drawn) + otherRowsNote(profile)
      }`,
    sources: sourcesOf(drawn),
  };
}

/** The same against the share of layers executed, which no clock disturbs, on every task. */
export function scoreAgainstLayersFigure(
  records: readonly RunRecord[],
  timings: readonly TimingRecord[],
  profile: string,
): Figure {
  const groups = comparedGroups(records, timings, profile),
    tasks = inTaskOrder(groups.map(({ task }) => task));
  const scores: Scores = { title: "dev score × 100", of: scoresOf };
  return {
    ...tradeOff(groups, tasks.map((task) => ({ task })), layerCost, "Layers executed (%)", scores, []),
    name: "score_against_layers",
    caption:
      "Score against layers. Dev score against the mean share of layers executed. Points: mean over seeds; " +
      `whiskers: smallest to largest seed.${seedNote(groups)} ${provenanceNote(profile, groups)}${
        markNote(...groups)
      }`,
    sources: sourcesOf(groups),
  };
}

/** Names the systems that have points on some of the tasks, on those where they have none. */
function absentNote(drawn: readonly RunGroup[], tasks: readonly string[]): string {
  return tasks.map((task) => {
    const here = drawn.filter((group) => group.task === task);
    const found = familiesOf(here).map((family) => familyStyle(family).label);
    const absent = familiesOf(drawn).map((family) => familyStyle(family).label)
      .filter((label) => !found.includes(label));
    return absent.length > 0 ? ` Without a point on ${taskLabel(task)}: ${absent.join("; ")}.` : "";
  }).join("");
}

/** How far the curves reach that the paper compares, and where they have no latency in common. */
function reachNote(drawn: readonly RunGroup[], tasks: readonly string[]): string {
  const reach = (task: string, method: string) =>
    pointsOf(drawn, task, { method, setting: "" }, latencyCost).map(({ cost }) => 100 * cost);
  const reaches = ["dpbert", "deebert"].flatMap((method) => {
    const found = tasks.filter((task) => reach(task, method).length > 0)
      .map((task) => `${showRange(reach(task, method), 0)} % on ${taskLabel(task)}`);
    return found.length > 0 ? [`${methodLabel(method)} ${found.join(", ")}`] : [];
  });
  const apart = tasks.filter((task) => {
    const [ours, theirs] = [reach(task, "dpbert"), reach(task, "deebert")];
    const isEither = ours.length > 0 && theirs.length > 0;
    return isEither && (Math.max(...ours) < Math.min(...theirs) || Math.max(...theirs) < Math.min(...ours));
  });
  return (reaches.length > 0 ? ` Latencies reached: ${reaches.join("; ")}` : "") +
    (apart.length > 0 ? `; the two have none in common on ${apart.map(taskLabel).join(" and ")}` : "") +
    (reaches.length > 0 ? "." : "");
}

const comparedGroups = (records: readonly RunRecord[], timings: readonly TimingRecord[], profile: string) =>
  groupRuns(records, timings, profile).filter(({ records: [record] }) => isOfSystem(record));

/** The full model is the measure itself, so it has its place without being timed. */
const isMeasure = ({ method, setting }: RunGroup) => method === "bert" && setting === "";

const hasCost = (group: RunGroup, cost: Cost) => isMeasure(group) || Number.isFinite(cost(group));

/** A task's place in the figure; `from` the smallest score that a close-up shows. */
interface Panel {
  task: string;
  from?: number;
}

/** What stands on the axis of scores. */
interface Scores {
  title: string;
  /** By seed. */
  of(group: RunGroup): number[];
}

function tradeOff(
  groups: readonly RunGroup[],
  panels: readonly Panel[],
  cost: Cost,
  costTitle: string,
  scores: Scores,
  theirs: readonly Trace[],
): Pick<Figure, "spec" | "width" | "height"> {
  const height = panelsHeight(panels.length, 350), families = familiesOf(groups);
  const shown = (group: RunGroup) => isMeasure(group) ? 1 : cost(group);
  const lines = panels.flatMap(({ task }, panel) =>
    families.flatMap((family) =>
      familyLine(pointsOf(groups, task, family, shown), family, cost, scores, panel)
    )
  );
  const layout = panelsLayout(height, panels.length, (panel) => ({
    x: { title: { text: costTitle } },
    y: scoreAxis(panels[panel], groups, scores),
  }));
  return { spec: { data: showEachLegendOnce([...lines, ...theirs]), layout }, width: figureWidth, height };
}

function scoreAxis({ task, from }: Panel, groups: readonly RunGroup[], { title, of }: Scores) {
  if (from === undefined) return { title: { text: `${taskLabel(task)}: ${title}` } };
  const largest = Math.max(...groups.filter((group) => group.task === task).flatMap(of));
  return { title: { text: `${taskLabel(task)}, close-up (%)` }, range: [from, largest + 0.7] };
}

type Trace = { legendgroup: string } & Record<string, unknown>;

function familyLine(
  curve: readonly CurvePoint[],
  family: Family,
  cost: Cost,
  scoring: Scores,
  panel: number,
): Trace[] {
  if (curve.length === 0) return [];
  const { label, colour, symbol, dash } = familyStyle(family);
  const costs = curve.map(({ group }) => costSummary(group, cost));
  const scores = curve.map(({ group }) => summarise(scoring.of(group)));
  return [{
    type: "scatter",
    mode: curve.length > 1 ? "lines+markers" : "markers",
    name: label,
    legendgroup: label,
    x: costs.map(({ mean }) => mean),
    y: scores.map(({ mean }) => mean),
    ...pointMarks(
      curve.map(({ group }) => group),
      curve.map(({ group }) => methodLabel(family.method, group.setting)),
    ),
    error_x: whiskers(costs, colour),
    error_y: whiskers(scores, colour),
    marker: { color: colour, symbol: curve.map(({ group }) => seedSymbol(symbol, group)), size: 10 },
    line: { color: colour, dash, width: 2.5 },
    ...panelAxes(panel),
  }];
}

/** Percent of the full model's cost, over seeds. */
function costSummary(group: RunGroup, cost: Cost): Summary {
  if (isMeasure(group)) return summarise([100]);
  const bySeed = group.records.map((record) =>
    cost({ ...group, records: [record], timings: group.timings.filter(({ seed }) => seed === record.seed) })
  );
  return summarise(bySeed.filter(Number.isFinite).map((share) => 100 * share));
}

/** The paper's points of a task, in percent of its own BERT. */
function paperPoints(task: string, paper: Paper, panel: number): Trace[] {
  const { keptPercent, latencyPercent } = paper.claims;
  const theirs = adaptive.flatMap((method) => {
    const row = paper.table1.find((row) => row.split === "dev" && row.method === method);
    const [score, whole] = [paperScore(paper, method, task), paperScore(paper, "bert", task)];
    if (!row || score === null || whole === null) return [];
    const { label, symbol } = methodStyle(method);
    return [greyPoint(`${label}, the paper's`, [100 / row.speedUp, 100 * score / whole], symbol, panel)];
  });
  return [...theirs, greyPoint("the paper's claim", [latencyPercent, keptPercent], "x-thin", panel)];
}

function greyPoint(name: string, [x, y]: [number, number], symbol: string, panel: number): Trace {
  const line = symbol === "x-thin" ? { color: paperColour, width: 3 } : { color: "#ffffff", width: 1 };
  return {
    type: "scatter",
    mode: "markers",
    name,
    legendgroup: name,
    x: [x],
    y: [y],
    marker: { color: paperColour, symbol, size: 11, line },
    ...panelAxes(panel),
  };
}
