/**
 * Text to pre-train on, from the grammars of the tasks: every form that a task uses occurs, held-out names, verbs
 * and synonyms included, and no label of a task. A row is drawn from its number alone, so a stream can be taken
 * up anywhere.
 *
 * Two kinds of rows, to be kept apart: true ones, for masking words (MLM), and judged ones, to be shown without
 * masks, of which half have a falsified last part: does it follow (NSP), and which words were replaced (RTD)? If
 * only true rows carried masks, a mask would give the answer away. The changes (two words exchanged, one replaced
 * by its like) resemble what makes the tasks' negatives, so this is close to training on an intermediate task.
 */
import { agreementText } from "./agreement.ts";
import { orderText } from "./chains.ts";
import { between, oneIn, pick, type Random, stream } from "./draw.ts";
import { rewriteText } from "./events.ts";
import { grammars, type MicroTask } from "./examples.ts";
import type { TrueText } from "./grammar.ts";
import { opinionText } from "./nested.ts";
import { placeText, questionText } from "./whereabouts.ts";

/** The kinds of text, and the task whose levels each has. */
const kinds = {
  agreement: { task: "cola", text: agreementText },
  opinion: { task: "sst-2", text: opinionText },
  order: { task: "rte", text: orderText },
  place: { task: "mnli", text: placeText },
  where: { task: "qnli", text: questionText },
  statement: { task: "mrpc", text: (level, random) => rewriteText(level, false, random) },
  question: { task: "qqp", text: (level, random) => rewriteText(level, true, random) },
} satisfies Record<string, { task: MicroTask; text: (level: number, random: Random) => TrueText }>;

/** A kind of text. */
export type PretextKind = keyof typeof kinds;

/** Every kind. */
export const pretextKinds = Object.keys(kinds) as PretextKind[];

/** How often each is drawn: twice what takes longest to learn. */
const usual: readonly PretextKind[] = [...pretextKinds, "opinion", "order", "place", "where"];

/** One row of pre-training text. */
export interface PretextRow {
  kind: PretextKind;
  a: string;
  /** Null for a text of one part. */
  b: string | null;
  /** Whether `b` follows from `a`; null for a text of one part, whose grammaticality would be CoLA's label. */
  follows: boolean | null;
  /** By word (between spaces) of the last part: whether it was replaced, or stands in a wrong sentence; null where no text tells. */
  replaced: boolean[] | null;
}

/** Settings of a stream. */
export interface PretextOptions {
  seed: number;
  /** A kind named twice is drawn twice as often; `usual` unless said otherwise. */
  kinds?: readonly PretextKind[];
}

/** Row `row` of the true stream. */
export function trueRow(row: number, options: PretextOptions): PretextRow {
  const { kind, text } = drawn("true", row, options);
  return asRow(kind, text, null);
}

/** Row `row` of the judged stream: falsified half of the time. */
export function judgedRow(row: number, options: PretextOptions): PretextRow {
  const { kind, text, random } = drawn("judged", row, options);
  return asRow(kind, text, oneIn(2, random) ? text.falsified(random) : null);
}

function drawn(name: string, row: number, { seed, kinds: wanted = usual }: PretextOptions) {
  const random = stream(seed, "pretext", name, row);
  const kind = pick(wanted, random);
  const { task, text } = kinds[kind];
  const { from, to } = grammars[task as MicroTask].possible;
  // The lower of two draws: what is hard is learned from what is easy, not from rows that look like noise.
  const level = Math.min(between(from, to, random), between(from, to, random));
  return { kind, text: text(level, random), random };
}

function asRow(kind: PretextKind, { a, b, tells }: TrueText, falsified: string | null): PretextRow {
  const last = (b ?? a).split(" "), shown = falsified?.split(" ") ?? last;
  const replaced = shown.map((word, at) => word !== last[at]);
  return {
    kind,
    a: b === null ? shown.join(" ") : a,
    b: b === null ? null : shown.join(" "),
    follows: b === null ? null : falsified === null,
    replaced: tells === "nothing" ? null : tells === "words" ? replaced : wholeSentences(shown, replaced),
  };
}

/** Marks every word of a sentence of which one is marked. */
function wholeSentences(words: string[], marked: boolean[]): boolean[] {
  const ends = words.flatMap((word, at) => word === "." ? [at] : []);
  return words.map((_, at) => {
    const end = ends.findIndex((end) => end >= at);
    return marked.slice(end === 0 ? 0 : ends[end - 1] + 1, ends[end] + 1).includes(true);
  });
}
