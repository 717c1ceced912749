/** What the search for hyper-parameters found: as many trials for every method, judged on held-out training rows. */
import { choiceRule, chosenTrial, type Trial, type Tuning, tuningFile } from "../../runs/tuning/tuning.ts";
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
  ...["Task", "Method", "Trials", "On target", "Recipe's score", "Its layers"],
  ...["Chosen", "Chosen's score", "Chosen's layers", "Gain"],
];

/** One row per task and method: the recipe as it stands beside what is chosen, by the rule in the caption. */
export function tuningTable(tunings: readonly Tuning[], profile: string): Table {
  const shown = inTableOrder(tunings);
  return {
    name: "tuning",
    caption:
      `Settings out of ${
        showCounts(shown.map(({ trials }) => trials.length))
      } trials per method and task, the recipe ` +
      `as it stands among them; seed ${
        showCounts(shown.map(({ seed }) => seed))
      }. Scores × 100 on the tenth of train ` +
      `that is held out; neither dev nor test was looked at. Chosen: ${choiceRule}. Profile ${profile}.`,
    columns,
    rows: shown.map(row),
    align: columns.map((_, column) => [0, 1, 6].includes(column) ? "left" : "right"),
    leads: {
      note: "Trials lead to what each found.",
      head: [],
      rows: shown.map((tuning) => [leadOf(tuning)]),
    },
  };
}

function inTableOrder(tunings: readonly Tuning[]): Tuning[] {
  const tasks = inTaskOrder(tunings.map(({ task }) => task));
  const methods = inMethodOrder(tunings.map(({ method }) => method));
  return tasks.flatMap((task) =>
    methods.flatMap((method) => tunings.filter((one) => one.task === task && one.method === method))
  );
}

function row(tuning: Tuning): string[] {
  const { task, method, trials, targetRate, numLayers } = tuning, [recipe] = trials;
  const chosen = chosenTrial(tuning), onTarget = trials.filter((trial) => trial.onTarget).length;
  const layers = ({ meanExecutedLayers }: Trial) =>
    meanExecutedLayers === null ? noValue : showLayers(meanExecutedLayers, numLayers);
  const isChanged = chosen !== recipe && recipe.heldOutScore !== null;
  return [
    taskLabel(task),
    methodLabel(method),
    `${trials.length}`,
    targetRate === null ? noValue : `${onTarget}`,
    showScore(recipe.heldOutScore),
    layers(recipe),
    settingsText(chosen),
    showScore(chosen.heldOutScore),
    layers(chosen),
    isChanged ? showDifference(chosen.heldOutScore! - recipe.heldOutScore!) : noValue,
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
