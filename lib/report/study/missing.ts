/** What a table lacks and the command that fills it: a missing number is never typed, and never one of other runs. */
import { taskById } from "../../glue/tasks.ts";
import { missingRuns, runsOf } from "../../runs/grid/grid.ts";
import { settingSlug } from "../../runs/records/store.ts";
import { type Study, timingsOf } from "./study.ts";

/** The systems that DPBERT is compared with, of those that can be run. */
export const competitors = ["bert-first-k", "deebert", "pabee", "dpbert-soft", "static-subset"];

/** Systems of the paper and of its successor that are not built yet; their rows stay empty until they are. */
export const comingMethods = ["layerdrop", "distilbert", "berxit", "leebert"];

/**
 * The command that runs all that a profile wants of a method (or of several: `a,b`), under its defaults where it wants
 * none, and trains nothing twice.
 */
export function fillCommand({ profile }: Pick<Study, "profile">, method: string): string {
  const full = profile === "micro" ? " --full" : "";
  return `\`deno task reproduce --profile ${profile}${full} --methods ${method}\``;
}

/** Stands for a number whose run is missing; `fillNote` has the command. */
export const noRunYet = "no run yet";

/** Stands for a number that there will never be (`isImpossible`). */
export const notForRegression = "not for a regression";

/** Ends the caption of a table in which runs of `methods` are missing: one command that makes them all. */
export function fillNote(study: Pick<Study, "profile">, methods: readonly string[]): string {
  const lacking = [...new Set(methods)].filter((method) => !comingMethods.includes(method));
  return lacking.length > 0 ? ` Missing runs: ${fillCommand(study, lacking.join(","))} makes them.` : "";
}

/** Whether a method has no number on a task and never will: a regression has no entropy to leave by. */
export function isImpossible(method: string, setting: string, taskId: string): boolean {
  const leavesByEntropy = method === "deebert" || `-${setting}-`.includes("-exitBy=entropy-");
  return leavesByEntropy && taskById(taskId).kind === "regression";
}

/** Whether all that a profile wants was run and timed, on all its tasks and with all its seeds. */
export function isComplete(study: Study): boolean {
  const { profile, tasks, wanted, seeds } = study;
  const possible = runsOf({ profile, tasks, methods: wanted, seeds })
    .filter(({ method, settings, task }) => !isImpossible(method, settingSlug(settings), task));
  return missingRuns(possible, timingsOf(study)).length === 0;
}

/** Stands below an empty picture over levels: only generated rows have them. */
export function gradedNote(groups: readonly unknown[]): string {
  return groups.length > 0
    ? ""
    : " Nothing to show yet: rows of known difficulty are micro-GLUE's; `deno task reproduce --profile micro` trains on them.";
}
