/** Figure 3 of the paper: score against cost, one curve per system. */
import type { RunRecord, TimingRecord } from "../runs/record.ts";
import {
  type Cost,
  type CurvePoint,
  familiesOf,
  type Family,
  isOfSystem,
  latencyCost,
  layerCost,
  pointsOf,
} from "./families.ts";
import { findGroup, groupRuns, otherRowsNote, provenanceNote, type RunGroup, scoresOf } from "./groups.ts";
import { sourcesOf } from "./leads.ts";
import { markNote, pointMarks } from "./marks.ts";
import { panelAxes, panelsHeight, panelsLayout, showEachLegendOnce } from "./panels.ts";
import { type Paper, paperScore } from "./paper.ts";
import { mean, summarise, type Summary } from "./statistics.ts";
import {
  familyStyle,
  figureWidth,
  inTaskOrder,
  methodLabel,
  methodStyle,
  paperColour,
  taskLabel,
} from "./style.ts";
import type { Figure } from "./value.ts";
import { whiskers } from "./whiskers.ts";

/** The tasks of the paper's Figure 3. */
const paperTasks = ["sst-2", "qnli"];

/** The paper's adaptive methods, whose points of its Table 1 are drawn in grey. */
const adaptive = ["deebert", "pabee", "berxit", "dpbert"];

/**
 * The paper's Figure 3: dev score against batch-1 latency in percent of BERT's, on the paper's two tasks (where neither has
 * a timed run: on all), one line per system through the settings whose latency was measured, BERT at 100; points are means
 * over seeds, whiskers reach from the smallest to the largest. In grey the paper: the cross is its claim, 98 % of BERT's
 * score at 75 % of its latency, the other points its Table 1, both as shares of our BERT's score.
 */
export function figure3(
  records: readonly RunRecord[],
  timings: readonly TimingRecord[],
  paper: Paper,
  profile: string,
): Figure {
  const groups = comparedGroups(records, timings, profile);
  const timed = inTaskOrder(groups.filter((group) => hasCost(group, latencyCost)).map(({ task }) => task));
  const asPaper = timed.filter((task) => paperTasks.includes(task)),
    tasks = asPaper.length > 0 ? asPaper : timed;
  const drawn = groups.filter((group) => tasks.includes(group.task) && hasCost(group, latencyCost));
  const claims = tasks.flatMap((task, panel) => claimPoints(findGroup(groups, task, "bert"), paper, panel));
  return {
    ...tradeOff(groups, tasks, latencyCost, "Latency (% of BERT's)", claims),
    name: "figure3",
    caption:
      "Figure 3. Dev score against latency at batch size 1. Points: mean over seeds; whiskers: smallest to " +
      `largest seed. Grey: the paper's; the cross is its claim, ${paper.claims.keptPercent} % of BERT's score at ` +
      `${paper.claims.latencyPercent} % of its latency, the other points its Table 1, all as shares of our BERT's score. ${
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
  return {
    ...tradeOff(groups, tasks, layerCost, "Layers executed (%)", []),
    name: "score_against_layers",
    caption:
      "Score against layers. Dev score against the mean share of layers executed. Points: mean over seeds; " +
      `whiskers: smallest to largest seed. ${provenanceNote(profile, groups)}${markNote(...groups)}`,
    sources: sourcesOf(groups),
  };
}

const comparedGroups = (records: readonly RunRecord[], timings: readonly TimingRecord[], profile: string) =>
  groupRuns(records, timings, profile).filter(({ records: [record] }) => isOfSystem(record));

/** The full model is the measure itself, so it has its place without being timed. */
const isMeasure = ({ method, setting }: RunGroup) => method === "bert" && setting === "";

const hasCost = (group: RunGroup, cost: Cost) => isMeasure(group) || Number.isFinite(cost(group));

function tradeOff(
  groups: readonly RunGroup[],
  tasks: readonly string[],
  cost: Cost,
  costTitle: string,
  claims: readonly Trace[],
): Pick<Figure, "spec" | "width" | "height"> {
  const height = panelsHeight(tasks.length, 400), families = familiesOf(groups);
  const shown = (group: RunGroup) => isMeasure(group) ? 1 : cost(group);
  const lines = tasks.flatMap((task, panel) =>
    families.flatMap((family) => familyLine(pointsOf(groups, task, family, shown), family, cost, panel))
  );
  const layout = panelsLayout(height, tasks.length, (panel) => ({
    x: { title: { text: costTitle } },
    y: { title: { text: `${taskLabel(tasks[panel])}: dev score × 100` } },
  }));
  return { spec: { data: showEachLegendOnce([...lines, ...claims]), layout }, width: figureWidth, height };
}

type Trace = { legendgroup: string } & Record<string, unknown>;

function familyLine(curve: readonly CurvePoint[], family: Family, cost: Cost, panel: number): Trace[] {
  if (curve.length === 0) return [];
  const { label, colour, symbol, dash } = familyStyle(family);
  const costs = curve.map(({ group }) => costSummary(group, cost));
  const scores = curve.map(({ group }) => summarise(scoresOf(group)));
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
    marker: { color: colour, symbol, size: 10 },
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

function claimPoints(bert: RunGroup | undefined, paper: Paper, panel: number): Trace[] {
  if (!bert) return [];
  const full = mean(scoresOf(bert)), { keptPercent, latencyPercent } = paper.claims;
  const theirs = adaptive.flatMap((method) => {
    const row = paper.table1.find((row) => row.split === "dev" && row.method === method);
    const [score, whole] = [paperScore(paper, method, bert.task), paperScore(paper, "bert", bert.task)];
    if (!row || score === null || whole === null) return [];
    const { label, symbol } = methodStyle(method);
    return [
      greyPoint(
        `${label}, the paper's`,
        [100 / row.speedUp, full * score / whole],
        `${symbol}-open`,
        1.5,
        panel,
      ),
    ];
  });
  const claim = greyPoint(
    "the paper's claim",
    [latencyPercent, full * keptPercent / 100],
    "x-thin",
    3,
    panel,
  );
  return [...theirs, claim];
}

function greyPoint(
  name: string,
  [x, y]: [number, number],
  symbol: string,
  width: number,
  panel: number,
): Trace {
  const marker = { color: paperColour, symbol, size: 11, line: { color: paperColour, width } };
  return {
    type: "scatter",
    mode: "markers",
    name,
    legendgroup: name,
    x: [x],
    y: [y],
    marker,
    ...panelAxes(panel),
  };
}
