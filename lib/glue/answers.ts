/** Labels of test splits kept apart from their files, as generated tasks have them: `split<TAB>index<TAB>label`. */
import { InputError, visible } from "../errors.ts";
import { parseLabel } from "./read.ts";
import { splitFile, type SplitName, type Task } from "./tasks.ts";
import { readTsv } from "./tsv.ts";

const header = "split\tindex\tlabel";

/** Whether a file's bytes begin as a file of answers does. */
export function isAnswers(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, header.length)) === header;
}

/**
 * The class indices or scores of one split in a file of answers; `file` names it in errors. Throws `InputError` for a row
 * that has not three columns, an index out of order, an unknown label, and where the split has no answers.
 */
export function parseAnswers(task: Task, split: SplitName, bytes: Uint8Array, file: string): number[] {
  const name = splitFile(task, split).file.replace(/\.tsv$/, ""), labels: number[] = [];
  readTsv(bytes, file, ({ fields, line, damage }) => {
    const place = `${file} line ${line}`;
    if (damage !== null || fields.length !== 3) {
      throw new InputError(
        `${place}: found ${damage ?? `${fields.length} column(s)`}, expected split, index, label.`,
      );
    }
    if (line === 1 || fields[0] !== name) return;
    if (fields[1] !== String(labels.length)) {
      throw new InputError(`${place}: found index "${visible(fields[1])}", expected ${labels.length}.`);
    }
    labels.push(parseLabel(task, fields[2], place));
  });
  if (labels.length > 0) return labels;
  throw new InputError(`${file} has no answers of split ${name}; expected those of ${task.title}.`);
}
