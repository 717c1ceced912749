/** Where a method's third stage is not trained as DPBERT's is: it has settings of its own on that task. */
import type { RunRecord } from "../../runs/records/record.ts";
import { inTaskOrder, methodLabel, taskLabel } from "../style.ts";
import { findGroup } from "./groups.ts";
import type { Study } from "./study.ts";

const stage3Of = ({ recipe }: RunRecord) => (recipe.stage3 ?? {}) as Record<string, unknown>;

/** Settings of the third stage that both have and that are not the same, the target rate apart. */
function differing(one: RunRecord, other: RunRecord): string[] {
  const [a, b] = [one, other].map(stage3Of);
  return Object.keys(a).filter((key) => key !== "targetRate" && key in b && a[key] !== b[key]);
}

/**
 * ` DPBERT-soft has learningRate and lambda2 of its own on RTE, MRPC (its records' recipe), found to suit it better.`;
 * nothing where it has none. Compared with the standing DPBERT.
 */
export function ownSettingsNote({ groups, setting }: Study, method: string): string {
  const found = groups.filter((group) => group.method === method).map(({ task, records: [record] }) => {
    const dpbert = findGroup(groups, task, "dpbert", setting);
    return { task, keys: dpbert ? differing(record, dpbert.records[0]) : [] };
  }).filter(({ keys }) => keys.length > 0);
  if (found.length === 0) return "";
  const keys = [...new Set(found.flatMap(({ keys }) => keys))].join(" and ");
  return ` ${methodLabel(method)} has ${keys} of its own on ${
    inTaskOrder(found.map(({ task }) => task)).map(taskLabel).join(", ")
  } (recipe in its records), found to suit it better.`;
}
