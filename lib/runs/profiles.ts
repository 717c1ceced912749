/** What a profile runs unless told otherwise. */
import { type Config, trainableTasks } from "../config.ts";
import type { Grid, MethodRequest } from "./grid.ts";

/** The target rate shown by default: 98 % of the score is in reach on real GLUE (glue-study.md 2). */
const targetRate = 0.6;

/**
 * Of micro-GLUE's: 97 % of the score is in reach at the first, and at both paths follow difficulty on a task of their own;
 * with more to spend, CoLA's planner takes one path for all.
 */
const microTargetRates = [0.45, 0.3];

/** In the order they run; others start from `bert`, so it is first. */
const defaultMethods: MethodRequest[] = [
  { method: "bert" },
  { method: "dpbert", settings: { targetRate } },
];

/** What a profile runs. */
interface ProfileGrid {
  tasks: readonly string[];
  seeds: readonly number[];
  methods: readonly MethodRequest[];
}

const grids: Record<string, ProfileGrid> = {
  smoke: { tasks: ["sst-2", "sts-b"], seeds: [0], methods: defaultMethods },
  micro: {
    tasks: ["sst-2", "mrpc", "rte"],
    seeds: [0],
    methods: [
      { method: "bert" },
      { method: "bert-first-k", settings: { firstLayers: 4 } },
      ...microTargetRates.map((targetRate) => ({ method: "dpbert", settings: { targetRate } })),
    ],
  },
  glue: { tasks: ["cola", "sst-2", "mrpc", "sts-b", "rte"], seeds: [0, 1, 2], methods: defaultMethods },
};

/** All of a profile, where that is more than the default. */
const fullGrids: Record<string, ProfileGrid> = {
  micro: {
    tasks: trainableTasks,
    seeds: [0, 1, 2],
    methods: [
      ...grids.micro.methods,
      { method: "bert", settings: { extraSteps: "stage3" } },
      { method: "bert-first-k", settings: { firstLayers: 6 } },
    ],
  },
};

/** Whether a profile's rows are generated and its backbone is at hand, so that nothing is fetched for it. */
export function generatesRows(profile: string): boolean {
  return profile === "smoke" || profile === "micro";
}

/**
 * The grid of `config`'s profile, tasks and seeds, with the profile's own where they are not set: the default ones, or
 * all that it has where `full` says so.
 */
export function gridOf(
  { profile, tasks, seeds }: Pick<Config, "profile" | "tasks" | "seeds">,
  { full = false }: { full?: boolean } = {},
): Grid {
  const small = grids[profile] ?? grids.glue, own = full ? fullGrids[profile] ?? small : small;
  return { profile, tasks: tasks ?? own.tasks, methods: own.methods, seeds: seeds ?? own.seeds };
}
