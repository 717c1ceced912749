/** The settings of a method that make one curve: they differ in its knob alone. */
import { overridesOf } from "../../runs/records/overrides.ts";
import type { RunRecord } from "../../runs/records/record.ts";
import { settingSlug } from "../../runs/records/store.ts";
import { latencyShareOf, layersOf, type RunGroup } from "../study/groups.ts";
import { heldOutGain } from "./held_out.ts";

/** What moves a method along its curve of score against cost. */
const knobs = ["targetRate", "threshold", "patience", "firstLayers"];

/** Settings that make another system of a method; all others make it an ablation. */
const choices = ["exitBy", "exitInput", "extraSteps", "subset"];

/** Whether a run is of a system that is compared, not of an ablation of one. */
export function isOfSystem(record: Pick<RunRecord, "setting" | "recipe">): boolean {
  return Object.keys(overridesOf(record)).every((key) => knobs.includes(key) || choices.includes(key));
}

/** A method and all of its settings but the knob: `pabee` under `exitBy=entropy`, whatever the threshold. */
export interface Family {
  method: string;
  /** Slug of the overrides without the knob, `""` without any others. */
  setting: string;
  /** Settings beside the knob that may differ as well; none unless said otherwise. */
  apart?: readonly string[];
}

/** The family of a run, read from its recipe; `apart` names settings to be left out beside the knobs. */
export function familyOf(
  record: Pick<RunRecord, "method" | "setting" | "recipe">,
  apart: readonly string[] = [],
): Family {
  const others = Object.entries(overridesOf(record)).filter(([key]) => ![...knobs, ...apart].includes(key));
  return { method: record.method, setting: settingSlug(Object.fromEntries(others)) };
}

const isOf = (family: Family) => ({ records: [record] }: RunGroup) => {
  const { method, setting } = familyOf(record, family.apart);
  return method === family.method && setting === family.setting;
};

/** Every family that some group belongs to: methods in the groups' order, the settings of each by name, plain first. */
export function familiesOf(groups: readonly RunGroup[]): Family[] {
  const found = groups.map(({ records: [record] }) => familyOf(record));
  const families = [...new Map(found.map((family) => [JSON.stringify(family), family])).values()];
  const methods = [...new Set(families.map(({ method }) => method))];
  return methods.flatMap((method) =>
    families.filter((family) => family.method === method)
      .toSorted((one, other) => one.setting < other.setting ? -1 : 1)
  );
}

/** Mean share of the full model's cost that a group has; NaN where it was not measured. */
export type Cost = (group: RunGroup) => number;

/** Executed layers as a share of all. */
export const layerCost: Cost = (group) => layersOf(group) / group.records[0].path.numLayers;

/** Measured latency as a share of the full model's: 1 over the speed-up. */
export const latencyCost: Cost = latencyShareOf;

/** A setting and what it costs. */
export interface CurvePoint {
  group: RunGroup;
  cost: number;
}

/** Costs that differ by less are the same. */
const tolerance = 1e-9;

/** Whether two costs are the same, but for rounding. */
export const isSameCost = (one: number, other: number): boolean => Math.abs(one - other) <= tolerance;

/** A family's settings on a task, cheapest first; those whose cost is not known are left out. */
export function pointsOf(
  groups: readonly RunGroup[],
  task: string,
  family: Family,
  cost: Cost,
): CurvePoint[] {
  return groups.filter((group) => group.task === task).filter(isOf(family))
    .map((group) => ({ group, cost: cost(group) }))
    .filter((point) => Number.isFinite(point.cost))
    .sort((a, b) => a.cost - b.cost);
}

/** What a family does on a task at every cost that its settings reach. */
export interface Curve {
  /** Cheapest first, without the settings that one no dearer makes pointless. */
  points: CurvePoint[];
  /** What its cheapest and its dearest setting cost, these included. */
  cheapest: number;
  dearest: number;
}

/**
 * A family's curve on a task. Nobody would take a setting that a cheaper one equals or beats, and a line through it would
 * make the family look worse than it is; so it is left out, and so is one that another of the same cost beats. Which
 * beats which is seen on the held-out rows, never on dev; a setting whose score there is not known stays. Null where no
 * setting's cost is known.
 */
export function curveOf(groups: readonly RunGroup[], task: string, family: Family, cost: Cost): Curve | null {
  const all = pointsOf(groups, task, family, cost);
  if (all.length === 0) return null;
  const points = all.filter((point, at) => !all.some((other, place) => isBeaten(point, at, other, place)));
  return { points, cheapest: all[0].cost, dearest: all.at(-1)!.cost };
}

/** Whether the point at `at` of all, cheapest first, is beaten by the one at `place`; of two alike the first stays. */
function isBeaten(point: CurvePoint, at: number, other: CurvePoint, place: number): boolean {
  const gain = heldOutGain(other.group, point.group); // NaN: not known
  if (place < at) return gain >= 0;
  return place > at && isSameCost(other.cost, point.cost) && gain > 0;
}

/** A place on a curve: between two points, `weight` of the way from the first to the second. */
export interface CurvePlace {
  lower: RunGroup;
  upper: RunGroup;
  weight: number;
  /** What it costs: as much as was asked for, or less where the curve has nothing better for that. */
  cost: number;
}

/** A setting itself as a place. */
export const placeOf = ({ group, cost }: CurvePoint): CurvePlace => ({
  lower: group,
  upper: group,
  weight: 0,
  cost,
});

/**
 * The best that a curve has for `cost`: straight between the two points about it; where only settings that were left out
 * cost more, its last point. Null outside of what the family's settings cost.
 */
export function placeAt({ points, dearest }: Curve, cost: number): CurvePlace | null {
  const at = points.findLastIndex((point) => point.cost <= cost + tolerance);
  if (at < 0 || cost > dearest + tolerance) return null;
  const lower = points[at], upper = points[at + 1];
  if (!upper || isSameCost(lower.cost, cost)) return placeOf(lower);
  const weight = (cost - lower.cost) / (upper.cost - lower.cost);
  return { lower: lower.group, upper: upper.group, weight, cost };
}
