/**
 * Text to pre-train on, from the grammars of the tasks: every word that a task uses occurs, held-out names, verbs
 * and synonyms included. Two things are the tasks' own: SST-2's conceded clauses below operators, and RTE's chains
 * of more than three facts. A row is drawn from its number alone, so a stream can be taken up anywhere.
 *
 * Two kinds of rows, to be kept apart: true ones, for masking words (MLM), and judged ones, to be shown without
 * masks, of which half have a falsified last part: does it follow (NSP), and which words were replaced (RTD)? If
 * only true rows carried masks, a mask would give the answer away. The changes (two words exchanged, one replaced
 * by its like) resemble what makes the tasks' negatives, so this is close to training on an intermediate task; of a
 * `where` that merely tells a story, `follows` is QNLI's question itself.
 */
import { agreement, agreementText } from "./agreement.ts";
import { factText, orderText, toldLevels } from "./chains.ts";
import { between, oneIn, pick, type Random, stream } from "./draw.ts";
import { questions, rewriteText, statements } from "./events.ts";
import type { Levels, TrueText } from "./grammar.ts";
import { judgementText, nested, opinionText } from "./nested.ts";
import { claims, placeText, questionText, whereabouts } from "./whereabouts.ts";

/** The levels of a kind of text, and of how many that are drawn it takes the lowest. */
interface Kind {
  levels: Levels;
  lowestOf: 1 | 2;
  text(level: number, random: Random): TrueText;
}

/** The kinds of text. What is hard is learned from what is easy, not from rows that look like noise. */
const kinds = {
  agreement: { levels: agreement.possible, lowestOf: 2, text: agreementText },
  judgement: { levels: { from: 0, to: 0 }, lowestOf: 1, text: judgementText },
  opinion: { levels: nested.possible, lowestOf: 2, text: opinionText },
  fact: { levels: toldLevels, lowestOf: 2, text: factText },
  order: { levels: toldLevels, lowestOf: 2, text: orderText },
  // Whoever stands at the end of a chain is so soon found that chains would otherwise hardly be followed.
  place: { levels: claims.possible, lowestOf: 1, text: placeText },
  where: { levels: whereabouts.possible, lowestOf: 1, text: questionText },
  statement: {
    levels: statements.possible,
    lowestOf: 2,
    text: (level, random) => rewriteText(level, false, random),
  },
  question: {
    levels: questions.possible,
    lowestOf: 2,
    text: (level, random) => rewriteText(level, true, random),
  },
} satisfies Record<string, Kind>;

/** A kind of text. */
export type PretextKind = keyof typeof kinds;

/** Every kind. */
export const pretextKinds = Object.keys(kinds) as PretextKind[];

/** Stories whose facts have to be found again and followed. */
const stories = ["order", "place", "where"] as const;

/**
 * What is told, from what is learned first to everything; more often what takes longest. A skill comes after so many rows
 * of its own that it would hardly begin among all the others: among nothing else, facts are found again and judgements
 * understood after 2,000 steps, and what is built on them follows.
 */
export const curriculum = {
  facts: ["fact", "fact", "fact", "judgement"],
  stories: [...stories, "opinion", "opinion"],
  all: [
    "agreement",
    "opinion",
    "opinion",
    "opinion",
    "opinion",
    ...stories,
    ...stories,
    "statement",
    "question",
  ],
} satisfies Record<string, readonly PretextKind[]>;

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
  /** A kind named twice is drawn twice as often; `curriculum.all` unless said otherwise. */
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

function drawn(name: string, row: number, { seed, kinds: wanted = curriculum.all }: PretextOptions) {
  const random = stream(seed, "pretext", name, row);
  const kind = pick(wanted, random), { levels: { from, to }, lowestOf, text }: Kind = kinds[kind];
  const drawn = Array.from({ length: lowestOf }, () => between(from, to, random));
  return { kind, text: text(Math.min(...drawn), random), random };
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
