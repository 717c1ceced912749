/** What a profile runs unless told otherwise. */
import { type Config, trainableTasks } from "../../config.ts";
import { ablations, ablationTasks } from "./ablations.ts";
import type { Grid, MethodRequest } from "./grid.ts";
import type { Settings } from "../recipe.ts";

/** The target rate shown by default: 98 % of the score is in reach on real GLUE (our prototypes). */
const targetRate = 0.6;

/** Of micro-GLUE's; at the first, 97 % of the score is in reach. */
const microTargetRates = [0.45, 0.3];
const [standingRate, lowerRate] = microTargetRates;

/** Keeps as many layers as DPBERT executes at its standing rate, which is about six of twelve and not 0.45 of them. */
const subsetRate = 0.5;

/** What makes the whole curve of micro-GLUE, beside those. */
const otherTargetRates = [0.75, 0.6, 0.2];

/** One request of `method` per value of `key`, each with `settings` as well. */
const requests = (
  method: string,
  key: string,
  values: readonly (string | number)[],
  settings: Settings = {},
): MethodRequest[] => values.map((value) => ({ method, settings: { ...settings, [key]: value } }));

/** A sweep but its standing point: the training itself, which stands at the recipe's own rate, and the other rates. */
const restOfSweep = (method: string, settings: Settings = {}): MethodRequest[] => [
  { method, settings },
  ...requests(
    method,
    "targetRate",
    [...otherTargetRates.filter((rate) => rate !== targetRate), lowerRate],
    settings,
  ),
];

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
      ...requests("bert-first-k", "firstLayers", [4, 6, 9]),
      ...requests("dpbert", "targetRate", microTargetRates),
      // Thresholded, it executes about its rate; at 0.3 too few layers to stand beside DPBERT.
      ...requests("dpbert-soft", "targetRate", [standingRate]),
      ...requests("deebert", "targetRate", [standingRate]),
      ...requests("pabee", "targetRate", [standingRate]),
      ...requests("static-subset", "targetRate", [subsetRate]),
    ],
  },
  glue: { tasks: ["cola", "sst-2", "mrpc", "sts-b", "rte"], seeds: [0, 1, 2], methods: defaultMethods },
};

/** PABEE's exits left by entropy, which takes no training of its own. */
const byEntropy = (settings: Settings = {}): MethodRequest[] =>
  requests("pabee", "targetRate", [...otherTargetRates, ...microTargetRates], {
    exitBy: "entropy",
    ...settings,
  });

/** Target rates of DPBERT-soft beside the one that it has by default: on both sides of it. */
const otherSoftRates = [0.6, lowerRate];

/** DPBERT-soft's weights at a target rate under its other gates, which takes no training. */
const otherReadings = (targetRate: number): MethodRequest[] =>
  requests("dpbert-soft", "gates", ["soft", "sampled"], { targetRate });

/** All of a profile, where that is more than the default; what needs little training stands before what needs much. */
const fullGrids: Record<string, ProfileGrid> = {
  micro: {
    tasks: trainableTasks,
    seeds: [0, 1, 2],
    methods: [
      ...grids.micro.methods,
      { method: "bert", settings: { extraSteps: "stage3" } },
      ...restOfSweep("deebert"),
      ...restOfSweep("pabee"),
      ...byEntropy(),
      ...requests("pabee", "targetRate", [standingRate], { exitInput: "standardised" }),
      ...restOfSweep("pabee", { exitInput: "standardised" }),
      ...byEntropy({ exitInput: "standardised" }),
      ...otherReadings(standingRate),
      ...requests("dpbert", "targetRate", otherTargetRates),
      ...requests("dpbert-soft", "targetRate", otherSoftRates),
      ...otherSoftRates.flatMap(otherReadings),
      // The path of the standing DPBERT's planner, whatever its length; the others have a rate of their own.
      { method: "static-subset", settings: { subset: "commonest", targetRate: standingRate } },
      { method: "static-subset", settings: { subset: "random", targetRate: subsetRate } },
      // Four layers: beside the six, on both sides of what DPBERT mostly executes.
      ...requests("static-subset", "targetRate", [lowerRate]),
      ...requests("bert-first-k", "firstLayers", [3, 5, 7, 8, 10, 11]),
      // About as many layers as DPBERT executes at its standing rate, for as many steps.
      ...requests("bert-first-k", "firstLayers", [6], { extraSteps: "stage3" }),
      ...ablations.map(({ settings }) => ({
        method: "dpbert",
        settings: { targetRate: standingRate, ...settings },
        tasks: ablationTasks,
      })),
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
