/** What a lesson's models make of inputs that are known to be easy or hard. */
import { spearman } from "../../glue/metrics.ts";
import { executedLayers, executedShares, isDynamicGate } from "../difficulty/levels.ts";
import { lessonNote } from "./tables.ts";
import { mean } from "../statistics.ts";
import { showDecimals, showScore } from "../style.ts";
import type { Table } from "../value.ts";

/** A dev row as one model answered it. */
export interface LevelRow {
  level: number;
  isRight: boolean;
  path: string;
}

/**
 * Percent correct by level, for each of `models` by its name (the same rows in all), and the layers that one of them, if
 * named, executes. The last row is of all levels together.
 */
export function levelTable(models: Readonly<Record<string, readonly LevelRow[]>>, layersOf?: string): Table {
  const columns = Object.entries(models).flatMap(([name, rows]) => [
    { title: `Correct, ${name} (%)`, rows, number: percentRight },
    ...name === layersOf ? [{ title: `Layers, ${name}`, rows, number: meanLayers }] : [],
  ]);
  const all = Object.values(models)[0];
  const levels = [...new Set(all.map(({ level }) => level))].sort((a, b) => a - b);
  const line = (name: string, isWanted: (row: LevelRow) => boolean) => [
    name,
    `${all.filter(isWanted).length}`,
    ...columns.map(({ rows, number }) => showScore(number(rows.filter(isWanted)))),
  ];
  return {
    name: "levels",
    caption: `Dev inputs by level of difficulty, which is known by construction. ${lessonNote}`,
    columns: ["Level", "Inputs", ...columns.map(({ title }) => title)],
    rows: [
      ...levels.map((level) => line(`${level}`, (row) => row.level === level)),
      line("all", () => true),
    ],
  };
}

/** Whether gates vary, whether layers follow the level, and what the paths of other inputs, dealt in `dealt`, cost. */
export function planningTable(planned: readonly LevelRow[], dealt: readonly LevelRow[]): Table {
  const gates = executedShares(planned),
    correlation = spearman(planned.map(({ level }) => level), planned.map(executedLayers));
  const moved = planned.filter(({ path }, row) => path !== dealt[row].path);
  return {
    name: "planning",
    caption: `Planned paths beside those of other inputs. ${lessonNote}`,
    columns: ["Asked of the plan", "Found"],
    rows: [
      [
        "Gates that open for 5 to 95 % of the inputs",
        `${gates.filter(isDynamicGate).length} of ${gates.length}`,
      ],
      ["Spearman's correlation of level and layers", showDecimals(correlation, 2)],
      ["Inputs to which another path was dealt", `${moved.length} of ${planned.length}`],
      ["Points that another's path costs", showScore(percentRight(planned) - percentRight(dealt))],
    ],
  };
}

const percentRight = (rows: readonly LevelRow[]) => 100 * mean(rows.map(({ isRight }) => Number(isRight)));

const meanLayers = (rows: LevelRow[]) => mean(rows.map(executedLayers));
