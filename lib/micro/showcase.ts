/** One example of every level, to look at. */
import type { MicroExample } from "./grammar.ts";
import { microDev } from "./write.ts";

/** The first dev row of each level of a micro-GLUE task, easiest first. Throws `InputError` for another task. */
export function showcase(taskId: string): MicroExample[] {
  const firsts = [...Map.groupBy(microDev(taskId).examples, ({ level }) => level).values()];
  return firsts.map(([first]) => first).sort((x, y) => x.level - y.level);
}
