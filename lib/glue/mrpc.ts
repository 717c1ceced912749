/**
 * MRPC's files, which GLUE does not hand out: made from the Microsoft Research Paraphrase Corpus (SentEval's copy, already
 * tokenised) as GLUE's own download script makes them (nyu-mll/GLUE-baselines, download_glue_data.py, `format_mrpc`).
 */
import { InputError } from "../errors.ts";

/** The texts of the three files it is made from. */
export interface MrpcTexts {
  /** `msr_paraphrase_train.txt`: GLUE's train and dev together. */
  train: string;
  /** `msr_paraphrase_test.txt`. */
  test: string;
  /** `mrpc_dev_ids.tsv`: the two ids of every row of dev. */
  devIds: string;
}

/** The texts of `train.tsv`, `dev.tsv` and `test.tsv`. */
export interface MrpcFiles {
  train: string;
  dev: string;
  test: string;
}

const testHeader = "index\t#1 ID\t#2 ID\t#1 String\t#2 String";

/**
 * Splits train by the ids, numbers the rows of test, and drops test's labels, which GLUE keeps to itself. The header of
 * train and dev is the source's own, its byte-order mark included. Throws `InputError` for a row without five columns.
 */
export function mrpcFiles({ train, test, devIds }: MrpcTexts): MrpcFiles {
  const isDev = new Set(linesOf(devIds).map((line) => line.trim()));
  const [header, ...rows] = linesOf(train);
  const split = Map.groupBy(
    rows.map(cellsOf("msr_paraphrase_train.txt")),
    ([, id1, id2]) => isDev.has(`${id1}\t${id2}`) ? "dev" : "train",
  );
  const testRows = linesOf(test).slice(1).map(cellsOf("msr_paraphrase_test.txt"));
  return {
    train: tsv(header, split.get("train") ?? []),
    dev: tsv(header, split.get("dev") ?? []),
    test: tsv(testHeader, testRows.map(([, ...cells], index) => [String(index), ...cells])),
  };
}

/** As Python reads text: CRLF and CR end a line, too. */
function linesOf(text: string): string[] {
  return text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
}

const cellsOf = (file: string) => (row: string, index: number): string[] => {
  const cells = row.trim().split("\t");
  if (cells.length === 5) return cells;
  throw new InputError(`${file} line ${index + 2} has ${cells.length} columns; expected 5. Fetch it again.`);
};

function tsv(header: string, rows: string[][]): string {
  return [header, ...rows.map((cells) => cells.join("\t"))].map((line) => `${line}\n`).join("");
}
