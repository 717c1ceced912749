/**
 * Numbers inside Markdown pages, filled from committed files:
 *
 * - a block between `<!-- results/glue/tables/table1.md -->` and `<!-- end -->` holds that file's text;
 * - one that begins with `<!-- results/glue/tables/table1.md | Task | Method | Ours -->` holds those columns of its table,
 *   and what its caption says in bold;
 * - `<!-- data/paper/claims.tsv | speedUp | value -->[1.34](data/paper/claims.tsv)<!-- end -->` holds one value, as a
 *   link to where it comes from (`lookUp` reads it).
 *
 * So a page's numbers come from records, and a check can tell when they no longer do.
 */
import { posix } from "node:path";
import { InputError } from "../../errors.ts";
import { chosenColumns } from "./columns.ts";
import { linkTo, rebasedLinks } from "./links.ts";

const block = /(<!-- ([\w./-]+\.md)(?: \| ([^\n]*?))? -->\n)([\s\S]*?)(<!-- end -->)/g;
const value = /(<!-- ([^\s|]+) \| ([^\n]*?) -->)([^\n]*?)(<!-- end -->)/g;

/** What a page is filled from; both throw `InputError` when there is no such file or value. */
export interface PageSources {
  textOf(path: string): string;
  valueOf(path: string, keys: string[]): string;
}

/** A page and what could not be filled, which keeps what it has. */
export interface FilledPage {
  text: string;
  problems: string[];
}

/** `page`, which lies in `folder` below the project, with every block and value filled; links lead to the same files. */
export function fillPage(page: string, folder: string, { textOf, valueOf }: PageSources): FilledPage {
  const problems: string[] = [];
  const filled = (old: string, fill: () => string) => {
    try {
      return fill();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error.message);
      return old;
    }
  };
  const wholeOrColumns = (path: string, names: string | undefined) => {
    const text = textOf(path).trim();
    return names === undefined ? text : chosenColumns(text, path, names.split(" | "));
  };
  type Parts = [
    all: string,
    open: string,
    path: string,
    names: string | undefined,
    old: string,
    close: string,
  ];
  const text = page.replace(block, (...[, open, path, names, old, close]: Parts) => {
    const fill = () => `\n${rebasedLinks(wholeOrColumns(path, names), posix.dirname(path), folder)}\n\n`;
    return open + filled(old, fill) + close;
  }).replace(value, (_, open: string, path: string, keys: string, old: string, close: string) => {
    return open + filled(old, () => `[${valueOf(path, keys.split(" | "))}](${linkTo(folder, path)})`) + close;
  });
  return { text, problems };
}

const fence = /^```[\s\S]*?^```$/gm;
const chosen = /<!-- chosen -->[^\n]*?<!-- end -->/g;
/** Numbers that name something: versions, sections of the paper, licences. */
const named = /\d+\.\d+\.\d+|(?:\bsections?|§) ?\d+(?:\.\d+)*|[A-Za-z]-\d+\.\d+/g;
/** A decimal, a number with a unit or a power of ten, or a count of a count. */
const measured =
  /(?<![\w.])(?:\d*\.?\d+(?: ?(?:%|×)|x\b| ?(?:ms|s|sec|seconds?|min|minutes?|h|hours?|[kKMGT]i?B|points?|times)\b| ?\w+\/s\b| of \d+)|\d+\.\d+|\d+e-?\d+)/g;

/** A number of a page's prose that looks measured and comes from no file. */
export interface StrayNumber {
  /** Counted from 1. */
  line: number;
  text: string;
}

/**
 * Numbers in the prose of a page that look like measurements and are not filled from a file. Left out: code, blocks,
 * values, link targets, versions and `<!-- chosen -->1.10<!-- end -->`, which marks a number that somebody chose.
 */
export function strayNumbers(page: string): StrayNumber[] {
  const blank = (text: string) => text.replace(/[^\n]/g, " ");
  const link = /\]\([^)\n]*\)/g, comment = /<!--[\s\S]*?-->/g, code = /`[^`\n]*`/g;
  const prose = [fence, block, value, chosen, comment, code, link, named]
    .reduce((text, pattern) => text.replace(pattern, blank), page);
  return [...prose.matchAll(measured)].map((match) => ({
    line: prose.slice(0, match.index).split("\n").length,
    text: match[0],
  }));
}
