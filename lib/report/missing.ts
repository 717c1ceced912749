/** What a table lacks and the command that fills it: a missing number is never typed, and never one of other runs. */
import { taskById } from "../glue/tasks.ts";

/** Systems of the paper and of its successor that are not built yet; their rows stay empty until they are. */
export const comingMethods = ["layerdrop", "distilbert", "berxit", "leebert"];

/** The command that runs all that a profile wants of a method, and trains nothing twice. */
export function fillCommand(profile: string, method: string): string {
  return `\`deno task reproduce --profile ${profile}${
    profile === "micro" ? " --full" : ""
  } --methods ${method}\``;
}

/** Whether a method has no number on a task and never will: a regression has no entropy to leave by. */
export function isImpossible(method: string, setting: string, taskId: string): boolean {
  const leavesByEntropy = method === "deebert" || `-${setting}-`.includes("-exitBy=entropy-");
  return leavesByEntropy && taskById(taskId).kind === "regression";
}
