/** What the search for hyper-parameters found: as many trials for every method, judged on held-out training rows. */
import {
  bestTrial,
  choiceRule,
  chosenTrial,
  standardError,
  type Trial,
  type Tuning,
  tuningFile,
} from "../../runs/tuning/tuning.ts";
import {
  inMethodOrder,
  inTaskOrder,
  methodLabel,
  noValue,
  showCounts,
  showDifference,
  showLayers,
  showScore,
  taskLabel,
} from "../style.ts";
import type { Lead, Table } from "../value.ts";

const columns = [
  ...["Task", "Method", "Trials", "On target", "Recipe's score", "Recipe's layers"],
  ...["Best trial", "Best trial's score", "Best trial's layers", "Gain", "Standard error", "Chosen"],
];

/** One row per task and method: the recipe as it stood beside the best trial, and which is chosen, by the rule in the caption. */
export function tuningTable(tunings: readonly Tuning[], profile: string): Table {
  const shown = inTableOrder(tunings);
  return {
    name: "tuning",
    caption: captionOf(shown, profile),
    columns,
    rows: shown.map(row),
    align: columns.map((_, column) => [0, 1, 6, 11].includes(column) ? "left" : "right"),
    leads: {
      note: "Trials lead to what each found.",
      head: [],
      rows: shown.map((tuning) => [leadOf(tuning)]),
    },
  };
}

function captionOf(shown: readonly Tuning[], profile: string): string {
  if (shown.length === 0) {
    return `No settings were tried here: \`deno task tune --profile ${profile}\` tries as many for every method.`;
  }
  const trials = showCounts(shown.map(({ trials }) => trials.length)),
    seeds = showCounts(shown.map(({ seed }) => seed)),
    rates = showCounts(shown.flatMap(({ targetRate }) => targetRate ?? []));
  return `Settings out of ${trials} trials per method and task, the recipe as it stood then among them; seed ${seeds}, ` +
    `target rate ${rates}. ` +
    "Scores × 100 on the tenth of train that is held out; neither dev nor test was looked at. PABEE's: of its exits, " +
    "weighted as their losses; every other's of the inputs as they leave. Standard error: of the recipe's score, as if it " +
    `were a share of right answers. Chosen: ${choiceRule}. Profile ${profile}.`;
}

function inTableOrder(tunings: readonly Tuning[]): Tuning[] {
  const tasks = inTaskOrder(tunings.map(({ task }) => task));
  const methods = inMethodOrder(tunings.map(({ method }) => method));
  return tasks.flatMap((task) =>
    methods.flatMap((method) => tunings.filter((one) => one.task === task && one.method === method))
  );
}

function row(tuning: Tuning): string[] {
  const { task, method, trials, targetRate, numLayers, heldOutRows } = tuning, [recipe] = trials;
  const best = bestTrial(tuning), onTarget = trials.filter((trial) => trial.onTarget).length;
  const areLayersKnown = trials.some(({ meanExecutedLayers }) => meanExecutedLayers !== null);
  const layers = ({ meanExecutedLayers }: Trial) =>
    meanExecutedLayers === null ? noValue : showLayers(meanExecutedLayers, numLayers);
  return [
    taskLabel(task),
    methodLabel(method),
    `${trials.length}`,
    targetRate === null || !areLayersKnown ? noValue : `${onTarget}`,
    showScore(recipe.heldOutScore),
    layers(recipe),
    settingsText(best),
    showScore(best.heldOutScore),
    layers(best),
    best === recipe || recipe.heldOutScore === null
      ? noValue
      : showDifference(best.heldOutScore! - recipe.heldOutScore),
    recipe.heldOutScore === null ? noValue : showScore(standardError(recipe.heldOutScore, heldOutRows)),
    chosenTrial(tuning) === recipe ? "the recipe" : "the best trial",
  ];
}

/** As `--set` takes them. */
function settingsText({ settings }: Trial): string {
  const pairs = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  return pairs.length > 0 ? pairs.join(", ") : "the recipe";
}

function leadOf(tuning: Tuning): Lead {
  const path = tuningFile("", tuning).replaceAll("\\", "/").slice(tuning.profile.length + 1);
  return { path, shown: { column: "Trials", text: `${tuning.trials.length}` } };
}
