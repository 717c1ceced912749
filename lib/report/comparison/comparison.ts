/** "A beats B": two systems where they cost the same, each on its own curve, with what resampling says. */
import type { RunRecord } from "../../runs/records/record.ts";
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
import {
  type Cost,
  type Curve,
  curveOf,
  type CurvePlace,
  type Family,
  familyOf,
  isSameCost,
  placeAt,
  placeOf,
} from "./families.ts";
import type { RunGroup } from "../study/groups.ts";
import type { Study } from "../study/study.ts";
import { mean } from "../statistics.ts";

/** Two systems for one cost. */
export interface Compared {
  first: CurvePlace;
  second: CurvePlace;
  /** Whether this is not at what the setting costs that was asked for, but where the other's settings begin or end. */
  moved: boolean;
  /** Whether they have no cost in common: then the cheaper is as good as the dearer, or better. */
  apart: boolean;
  /** Mean scores there over the seeds that all runs involved have. */
  scores: [first: number, second: number];
  /** Those seeds. */
  seeds: number[];
  /** First less second. */
  difference: Difference;
  verdict: Verdict;
}

/**
 * A setting of a method against another family at what that setting costs, the other on its curve. Where none of the
 * other's settings costs so little, or so much: at what its cheapest, or its dearest, costs, the method on its own curve
 * too. So the setting stands for itself at its own cost even where its curve leaves it out, which is no favour to it.
 * Where their costs have none in common, the cheaper's last point against the dearer's first one, if the cheaper is no
 * worse. Null where one of them has no run there or was not measured, and where one is cheaper and the other better.
 */
export function comparedWith(study: Study, group: RunGroup, other: Family, cost: Cost): Compared | null {
  const at = cost(group), { own, theirs } = curvesOf(study, group, other, cost);
  if (!Number.isFinite(at) || !own || !theirs) return null;
  const common = Math.min(Math.max(at, theirs.cheapest), theirs.dearest), moved = !isSameCost(common, at);
  const first = moved ? placeAt(own, common) : placeOf({ group, cost: at }), second = placeAt(theirs, common);
  return first && second
    ? comparedPlaces(study, first, second, { moved, apart: false })
    : dominance(study, own, theirs);
}

/** The curves of a group's own family and of another on its task; null where a family has no known cost there. */
export function curvesOf(
  { groups }: Study,
  { task, records: [record] }: RunGroup,
  other: Family,
  cost: Cost,
) {
  const [own, theirs] = [familyOf(record), other].map((family) => curveOf(groups, task, family, cost));
  return { own, theirs };
}

/** Two families without a common cost, where their curves come nearest; null where the dearer is better. */
function dominance(study: Study, own: Curve, theirs: Curve): Compared | null {
  const isCheaper = own.dearest < theirs.cheapest;
  const [first, second] = isCheaper
    ? [own.points.at(-1)!, theirs.points[0]]
    : [own.points[0], theirs.points.at(-1)!];
  const how = { moved: true, apart: true };
  const compared = comparedPlaces(study, placeOf(first), placeOf(second), how);
  return compared?.verdict === (isCheaper ? "loss" : "win") ? null : compared;
}

/** The runs that a comparison was made of. */
export const groupsIn = ({ first, second }: Compared): RunGroup[] => [
  ...new Set([first.lower, first.upper, second.lower, second.upper]),
];

/** Two places on curves of one task; null where they share no seed. */
function comparedPlaces(
  study: Study,
  first: CurvePlace,
  second: CurvePlace,
  how: Pick<Compared, "moved" | "apart">,
): Compared | null {
  const groups = [first.lower, first.upper, second.lower, second.upper];
  const seeds = groups[0].records.map(({ seed }) => seed)
    .filter((seed) => groups.every(({ records }) => records.some((record) => record.seed === seed)));
  if (seeds.length === 0) return null;
  const [a, b] = [first, second].map((place) => seeds.map((seed) => scoresAt(study, place, seed)));
  const name = groups.map(({ task, method, setting }) => [task, method, setting].join(" ")).join(", ");
  const difference = pairedDifference(a, b, name);
  const scores: [number, number] = [mean(a.map(({ score }) => score)), mean(b.map(({ score }) => score))];
  return { first, second, ...how, scores, seeds, difference, verdict: verdictOf(difference) };
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
