/** A comparison as tables show it, or why there is none, and where it is said how they are made. */
import { type Compared, curvesOf, groupsIn } from "./comparison.ts";
import { type Cost, type Family, isSameCost, latencyCost, layerCost, pointsOf } from "./families.ts";
import type { RunGroup } from "../study/groups.ts";
import { marked } from "../study/marks.ts";
import { isImpossible, noRunYet, notForRegression } from "../study/missing.ts";
import type { Study } from "../study/study.ts";
import { showDecimals, showDifference, showScore, showSpeedup } from "../style.ts";
import type { CaptionLead } from "../value.ts";

/** Puts the costs of both sides, one where they are the same, into words. */
type ShownCosts = (costs: readonly number[], group: RunGroup) => string;

/** `4.0 layers`, `5.0 against 4.0 layers`; with more decimals where the two would else read the same. */
export const inLayers: ShownCosts = (costs, { records: [{ path }] }) => {
  const texts = (decimals: number) => costs.map((cost) => showDecimals(cost * path.numLayers, decimals));
  const enough = [1, 2].find((decimals) => new Set(texts(decimals)).size === costs.length) ?? 3;
  return `${texts(enough).join(" against ")} layers`;
};

/** `1.50×`, `1.20× against 1.50×`. */
export const asSpeedups: ShownCosts = (costs) => costs.map((cost) => showSpeedup(1 / cost)).join(" against ");

/**
 * `win: +1.2 (+0.3 to +2.1)`; where that is not at what the setting costs that was asked for, with the place:
 * `win: +1.2 (+0.3 to +2.1) at 4.0 layers`; and with both places where one side has nothing better than a cheaper one,
 * or where they have no cost in common: `dominates: +1.2 (+0.3 to +2.1) at 4.0 against 5.0 layers`.
 */
export function comparedCell(compared: Compared, shown: ShownCosts): string {
  const { difference: { mean, low, high }, first, second, moved } = compared;
  const text = `${verdictWord(compared)}: ${showDifference(mean)} (${showDifference(low)} to ${
    showDifference(high)
  })`;
  const isSame = isSameCost(first.cost, second.cost);
  const place = isSame ? [first.cost] : [first.cost, second.cost];
  const withPlace = moved || !isSame ? `${text} at ${shown(place, first.lower)}` : text;
  return marked(withPlace, ...groupsIn(compared));
}

function verdictWord({ verdict, apart, first, second }: Compared): string {
  if (!apart) return verdict;
  if (verdict === "tie") return `tie, ${first.cost < second.cost ? "cheaper" : "dearer"}`;
  return verdict === "win" ? "dominates" : "dominated";
}

/** The score of one side of a comparison: `≈ 78.2` where it was read off between two settings. */
export function scoreThere({ first, second, scores }: Compared, side: 0 | 1): string {
  const { weight } = [first, second][side];
  return (weight > 0 ? "≈ " : "") + showScore(scores[side]);
}

/** Why a setting and a family were not compared, where `comparedWith` found nothing. */
export function uncomparedCell(
  study: Study,
  group: RunGroup,
  family: Family,
  cost: Cost,
  shown: ShownCosts,
): string {
  const { task } = group;
  if (isImpossible(family.method, family.setting, task)) return notForRegression;
  if (pointsOf(study.groups, task, family, layerCost).length === 0) return noRunYet;
  const { own, theirs } = curvesOf(study, group, family, cost);
  if (!own || !theirs) return "not timed";
  if (own.dearest >= theirs.cheapest && theirs.dearest >= own.cheapest) return "no seed in common";
  const ends = own.dearest < theirs.cheapest
    ? [own.dearest, theirs.cheapest]
    : [own.cheapest, theirs.dearest];
  return `no common cost: ${shown(ends, group)}`;
}

/** A cost that settings are compared at, and how cells say it. */
export interface Scale {
  cost: Cost;
  shown: ShownCosts;
}

export const byLayers: Scale = { cost: layerCost, shown: inLayers };
export const byLatency: Scale = { cost: latencyCost, shown: asSpeedups };

/** What `comparedWith` found of a setting and a family, or why it found nothing. */
export function comparisonCell(
  compared: Compared | null,
  study: Study,
  group: RunGroup,
  family: Family,
  { cost, shown }: Scale,
): string {
  return compared ? comparedCell(compared, shown) : uncomparedCell(study, group, family, cost, shown);
}

const curvesPage = "lib/README.md, Comparing at equal cost";

/** Stands in the caption of every table with such cells. */
export const curvesNote = `How curves are drawn and compared: ${curvesPage}.`;

/** Makes a link of it. */
export const curvesLead: CaptionLead = {
  path: "lib/README.md#comparing-at-equal-cost",
  from: "project",
  text: curvesPage,
};
