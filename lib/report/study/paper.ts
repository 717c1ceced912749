/** The paper's numbers, read from `data/paper/*.tsv`, where they are typed once. */
import { InputError } from "../../errors.ts";
import { mean } from "../statistics.ts";

/** One row of the paper's Table 1; scores x 100, null where the paper has none. */
export interface PaperRow {
  split: "dev" | "test";
  method: string;
  /** Averaged over tasks. */
  speedUp: number;
  /** By task id. */
  scores: Record<string, number | null>;
  /** The paper's "Avg". */
  average: number;
}

/** One row of Table 3: the layers one example executes, counted from 1. */
export interface PaperPath {
  task: string;
  label: string;
  layers: number[];
}

/** The claims drawn as grey points. */
export interface PaperClaims {
  latencyPercent: number;
  keptPercent: number;
  speedUp: number;
  targetRate: number;
}

/** All numbers of the paper. */
export interface Paper {
  table1: PaperRow[];
  /** Dev scores by method, then task. */
  table2: Record<string, Record<string, number | null>>;
  table3: PaperPath[];
  claims: PaperClaims;
}

const folder = new URL("../../../data/paper/", import.meta.url);

/** The paper's numbers. Throws `InputError` for a missing file or a cell that is no number. */
export function readPaper(): Paper {
  return {
    table1: rowsOf("table1.tsv").map(({ split, method, speedUp, average, ...scores }) => ({
      split: split as PaperRow["split"],
      method,
      speedUp: number(speedUp, "table1.tsv"),
      scores: numbers(scores, "table1.tsv"),
      average: number(average, "table1.tsv"),
    })),
    table2: Object.fromEntries(
      rowsOf("table2.tsv").map(({ method, ...scores }) => [method, numbers(scores, "table2.tsv")]),
    ),
    table3: rowsOf("table3.tsv").map(({ task, label, layers }) => ({
      task,
      label,
      layers: layers.split(" ").map((layer) => number(layer, "table3.tsv")),
    })),
    claims: readClaims(),
  };
}

function readClaims(): PaperClaims {
  const found = Object.fromEntries(rowsOf("claims.tsv").map(({ claim, value }) => [claim, value]));
  const claim = (name: keyof PaperClaims) => number(found[name] ?? "", "claims.tsv");
  return {
    latencyPercent: claim("latencyPercent"),
    keptPercent: claim("keptPercent"),
    speedUp: claim("speedUp"),
    targetRate: claim("targetRate"),
  };
}

/** The paper's dev score of a method on a task, or null where Table 1 and Table 2 have none. */
export function paperScore(paper: Paper, method: string, task: string): number | null {
  const row = paper.table1.find((row) => row.split === "dev" && row.method === method);
  return row?.scores[task] ?? paper.table2[method]?.[task] ?? null;
}

/** The paper's mean dev score of a method over `tasks`, or null if one of them has none. */
export function paperMean(paper: Paper, method: string, tasks: readonly string[]): number | null {
  const scores = tasks.map((task) => paperScore(paper, method, task));
  if (scores.length === 0 || scores.includes(null)) return null;
  return mean(scores as number[]);
}

function rowsOf(file: string): Record<string, string>[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(new URL(file, folder));
  } catch {
    throw new InputError(
      `data/paper/${file} cannot be read; it is part of the project, restore it from git.`,
    );
  }
  const [header, ...lines] = text.replaceAll("\r", "").trimEnd().split("\n").map((line) => line.split("\t"));
  return lines.map((cells) => Object.fromEntries(header.map((name, column) => [name, cells[column] ?? ""])));
}

function number(text: string, file: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) {
    throw new InputError(`data/paper/${file} has "${text}" where a number is expected; restore it from git.`);
  }
  return Number(text);
}

function numbers(cells: Record<string, string>, file: string): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(cells).map(([name, text]) => [name, text === "-" ? null : number(text, file)]),
  );
}
