/** What a profile runs unless told otherwise. */
import type { Config } from "../config.ts";
import type { Grid, MethodRequest } from "./grid.ts";

/** The target rate shown by default: 98 % of the score is in reach on real GLUE (glue-study.md 2). */
const targetRate = 0.6;

/** Methods in the order they run; others start from `bert`, so it is first. */
export const defaultMethods: MethodRequest[] = [
  { method: "bert" },
  { method: "dpbert", settings: { targetRate } },
];

const defaults: Record<string, { tasks: string[]; seeds: number[] }> = {
  smoke: { tasks: ["sst-2", "sts-b"], seeds: [0] },
  glue: { tasks: ["cola", "sst-2", "mrpc", "sts-b", "rte"], seeds: [0, 1, 2] },
};

/** The grid of `config`'s profile, tasks and seeds, with the profile's own where they are not set. */
export function gridOf(config: Pick<Config, "profile" | "tasks" | "seeds">): Grid {
  const { tasks, seeds } = defaults[config.profile] ?? defaults.glue;
  return {
    profile: config.profile,
    tasks: config.tasks ?? tasks,
    methods: defaultMethods,
    seeds: config.seeds ?? seeds,
  };
}
