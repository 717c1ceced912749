/** A comparison as tables show it, and the sentences that say how it was made. */
import { type Compared, groupsIn } from "./comparison.ts";
import { isSameCost } from "./families.ts";
import { marked } from "./marks.ts";
import { showDifference, showScore, showSpeedup } from "./style.ts";

/** Puts the costs of both sides, one where they are the same, into words. */
type ShownCosts = (costs: readonly number[], compared: Compared) => string;

/** `4.0 layers`, `5.0 against 4.0 layers`. */
export const inLayers: ShownCosts = (costs, { first: { lower: { records: [{ path }] } } }) =>
  `${costs.map((cost) => showScore(cost * path.numLayers)).join(" against ")} layers`;

/** `1.50×`, `1.20× against 1.50×`. */
export const asSpeedups: ShownCosts = (costs) => costs.map((cost) => showSpeedup(1 / cost)).join(" against ");

/**
 * `win: +1.2 (+0.3 to +2.1)`; where that is not at what the setting costs that was asked for, with the place:
 * `win: +1.2 (+0.3 to +2.1) at 4.0 layers`; and with both places where one side has nothing better than a cheaper one.
 */
export function comparedCell(compared: Compared, shown: ShownCosts): string {
  const { verdict, difference: { mean, low, high }, first, second, moved } = compared;
  const text = `${verdict}: ${showDifference(mean)} (${showDifference(low)} to ${showDifference(high)})`;
  const isSame = isSameCost(first.cost, second.cost);
  const place = isSame ? [first.cost] : [first.cost, second.cost];
  return marked(moved || !isSame ? `${text} at ${shown(place, compared)}` : text, ...groupsIn(compared));
}

/** Stands in the caption of every table with such cells. */
export const curvesNote =
  "A curve is straight between two settings; a setting that another one, no dearer, equals or " +
  "beats on held-out rows is left out of it, and where only such settings cost more it goes on level. The setting that " +
  "a row is about is compared as it is, left out or not. Where the other's settings begin or end before its cost, both " +
  "are compared there, each on its own curve, and the cell says where; where they have no cost in common, there is no " +
  "comparison (–).";
