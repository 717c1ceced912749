/** "A beats B": two systems where they cost the same, each on its own curve, with what resampling says. */
import type { RunRecord } from "../runs/record.ts";
import {
  defaultDraws,
  type Difference,
  drawnScores,
  pairedDifference,
  rowDraws,
  type SeedScores,
  type Verdict,
  verdictOf,
} from "./bootstrap.ts";
import { type Cost, curveOf, type CurvePlace, type Family, familyOf, placeAt } from "./families.ts";
import type { RunGroup } from "./groups.ts";
import type { Study } from "./study.ts";
import { mean } from "./statistics.ts";

/** Two systems at one cost. */
export interface Compared {
  first: CurvePlace;
  second: CurvePlace;
  /** Mean scores there over the seeds that all runs involved have. */
  scores: [first: number, second: number];
  /** Those seeds. */
  seeds: number[];
  /** First less second. */
  difference: Difference;
  verdict: Verdict;
}

/**
 * A setting of a method against another family at what that setting costs, the other straight between its two nearest
 * settings, or at its dearest where even that costs less. Where the other cannot go so low: at its cheapest setting, to
 * which the method then goes on its own curve. Null where one of them has no run there or was not measured.
 */
export function comparedWith(study: Study, group: RunGroup, other: Family, cost: Cost): Compared | null {
  const at = cost(group), { task } = group, theirs = curveOf(study.groups, task, other, cost);
  if (!Number.isFinite(at) || theirs.length === 0) return null;
  const place = placeAt(theirs, at);
  if (place) return comparedPlaces(study, { lower: group, upper: group, weight: 0, cost: at }, place);
  const [cheapest] = theirs, own = curveOf(study.groups, task, familyOf(group.records[0]), cost);
  return comparedPlaces(study, placeAt(own, cheapest.cost)!, placeAt(theirs, cheapest.cost)!);
}

/** The runs that a comparison was made of. */
export const groupsIn = ({ first, second }: Compared): RunGroup[] => [
  ...new Set([first.lower, first.upper, second.lower, second.upper]),
];

/** Two places on curves of one task; null where they share no seed. */
export function comparedPlaces(study: Study, first: CurvePlace, second: CurvePlace): Compared | null {
  const groups = [first.lower, first.upper, second.lower, second.upper];
  const seeds = groups[0].records.map(({ seed }) => seed)
    .filter((seed) => groups.every(({ records }) => records.some((record) => record.seed === seed)));
  if (seeds.length === 0) return null;
  const [a, b] = [first, second].map((place) => seeds.map((seed) => scoresAt(study, place, seed)));
  const name = groups.map(({ task, method, setting }) => [task, method, setting].join(" ")).join(", ");
  const difference = pairedDifference(a, b, name);
  const scores: [number, number] = [mean(a.map(({ score }) => score)), mean(b.map(({ score }) => score))];
  return { first, second, scores, seeds, difference, verdict: verdictOf(difference) };
}

/** The scores of one seed between the two points of a place. */
function scoresAt(study: Study, { lower, upper, weight }: CurvePlace, seed: number): SeedScores {
  const [a, b] = [lower, upper].map((group) => resampled(study, recordOf(group, seed)));
  if (weight === 0) return a;
  const between = (x: number, y: number) => x + weight * (y - x);
  return {
    score: between(a.score, b.score),
    drawn: a.drawn.map((score, draw) => between(score, b.drawn[draw])),
  };
}

const recordOf = ({ records }: RunGroup, seed: number) => records.find((record) => record.seed === seed)!;

/** What was resampled of a study already: every table asks for the same runs. */
interface Resampled {
  draws: Map<string, Uint16Array[]>;
  scores: Map<RunRecord, SeedScores>;
}

const resampledOf = new WeakMap<Study, Resampled>();

/** A run's score, and its score in every draw of its rows. */
function resampled(study: Study, record: RunRecord): SeedScores {
  if (!resampledOf.has(study)) resampledOf.set(study, { draws: new Map(), scores: new Map() });
  const { draws, scores } = resampledOf.get(study)!, { task } = record, rows = study.rows.get(record)!;
  if (!scores.has(record)) {
    if (!draws.has(task)) draws.set(task, rowDraws(task, rows.length, defaultDraws));
    scores.set(record, { score: record.metrics.score, drawn: drawnScores(task, rows, draws.get(task)!) });
  }
  return scores.get(record)!;
}
