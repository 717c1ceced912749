/** What the generators of micro-GLUE have in common. */
import type { Random } from "./draw.ts";

/** One generated example. */
export interface MicroExample {
  a: string;
  /** Null for tasks on single sentences. */
  b: string | null;
  /** As GLUE writes it. */
  label: string;
  /** Difficulty by construction. */
  level: number;
  /** What makes it hard, in words; says nothing of the label. */
  hard: string;
}

/** What an example is wanted for. */
export interface Wanted {
  level: number;
  /** Null for a regression, whose score is drawn. */
  label: string | null;
  /** The words that train never shows belong to the other splits. */
  training: boolean;
  /** True for MNLI's second sets: names and verbs that only pre-training shows. */
  mismatched: boolean;
}

/** Levels, both ends included. */
export interface Levels {
  from: number;
  to: number;
}

/** The generator of one task. */
export interface Grammar {
  /** The levels that its sentences can have. */
  possible: Levels;
  /** The levels of the profile. */
  levels: Levels;
  /** Draws one example. Two calls may give the same. */
  example(wanted: Wanted, random: Random): MicroExample;
}

/** A text for pre-training: two parts of which the second follows from the first, or one that is grammatical. */
export interface TrueText {
  a: string;
  b: string | null;
  /** The last part with a few words changed so that this no longer holds; word by word as long as before. */
  falsified(random: Random): string;
  /** What can be told of a falsified part: which words were changed, which sentences are wrong, or only that some is. */
  tells: "words" | "sentences" | "nothing";
}
