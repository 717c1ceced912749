/**
 * CoLA: subject-verb agreement across centre-embedded relatives, "the dogs that the cat near the boys chases
 * bark". The level is the depth of embedding. Two subjects, one embedded directly below the other, differ in
 * number; in an unacceptable sentence the numbers of their two verbs are exchanged. So both classes hold the same
 * words equally often, and verbs in the same order. The innermost subject always has a neighbour of drawn number
 * ("near the boys") between itself and its verb, so that no two adjacent words tell either. A lone verb has a
 * neighbour of the other number before it and simply takes the wrong one.
 */
import { below, oneIn, pick, type Random, sample } from "./draw.ts";
import type { Grammar, TrueText } from "./grammar.ts";
import { actions, besides, creatures, type Numbered, states } from "./lexicon.ts";
import { type Lengths, padded } from "./padding.ts";
import { several } from "./several.ts";

const lengths: Lengths = { from: 28, to: 40 };

interface Phrase {
  noun: Numbered;
  isPlural: boolean;
}

interface Sentence {
  /** Outermost first. */
  subjects: Phrase[];
  /** What stands between a subject and what follows, as in "near the boys". */
  neighbours: ({ beside: string; phrase: Phrase } | null)[];
  /** The verb of each subject and its number; the first is intransitive. */
  verbs: { verb: Numbered; isPlural: boolean }[];
  /** The outer one of the two subjects that differ in number. */
  differing: number;
}

const form = (word: Numbered, isPlural: boolean) => isPlural ? word.plural : word.singular;
const coin = (random: Random) => below(2, random) === 1;

/** A grammatical sentence. */
function sentence(depth: number, random: Random): Sentence {
  const nouns = sample(creatures, 2 * depth + 2, random);
  const isPlural = Array.from({ length: depth + 1 }, () => coin(random));
  const differing = below(Math.max(1, depth), random);
  if (depth > 0) isPlural[differing + 1] = !isPlural[differing];
  const subjects = isPlural.map((isPlural, at) => ({ noun: nouns[2 * at], isPlural }));
  const neighbours = subjects.map((subject, at) => {
    const isInnermost = at === depth;
    if (!isInnermost && !oneIn(4, random)) return null;
    const plural = depth === 0 ? !subject.isPlural : coin(random);
    return { beside: pick(besides, random), phrase: { noun: nouns[2 * at + 1], isPlural: plural } };
  });
  const verbs = isPlural.map((isPlural, at) => ({
    verb: pick(at === 0 ? states : actions, random),
    isPlural,
  }));
  return { subjects, neighbours, verbs, differing };
}

/** The sentence with the numbers of these verbs turned round. */
function turned(right: Sentence, which: number[]): Sentence {
  const verbs = right.verbs.map(({ verb, isPlural }, at) => ({
    verb,
    isPlural: which.includes(at) ? !isPlural : isPlural,
  }));
  return { ...right, verbs };
}

function written({ subjects, neighbours, verbs }: Sentence): string {
  const the = ({ noun, isPlural }: Phrase) => `the ${form(noun, isPlural)}`;
  const nouns = subjects.map((subject, at) => {
    const neighbour = neighbours[at];
    return neighbour ? `${the(subject)} ${neighbour.beside} ${the(neighbour.phrase)}` : the(subject);
  });
  const ends = verbs.map(({ verb, isPlural }) => form(verb, isPlural)).reverse();
  return `${nouns.join(" that ")} ${ends.join(" ")} .`;
}

/** CoLA's generator. Labels: "1" acceptable, "0" not. */
export const agreement: Grammar = {
  possible: { from: 0, to: 6 },
  levels: { from: 0, to: 5 },
  example({ level, label }, random) {
    const right = sentence(level, random);
    const found = label === "1" ? right : turned(right, [right.differing, right.differing + 1]);
    const between = right.neighbours.filter((neighbour) => neighbour !== null).length;
    const hard = `depth ${level}, ${between} ${between === 1 ? "noun" : "nouns"} between`;
    return { a: padded(written(found), lengths, random), b: null, label: label!, level, hard };
  },
};

/** Grammatical sentences, one padded as in the task or several; falsified, a verb takes the wrong number. */
export function agreementText(level: number, random: Random): TrueText {
  const isPadded = oneIn(3, random), draw = (level: number) => sentence(level, random);
  const told = isPadded ? [draw(level)] : several(level, draw, written, random);
  const right = told.map(written), text = right.join(" ");
  const a = isPadded ? padded(text, lengths, random) : text;
  return {
    a,
    b: null,
    tells: "words",
    falsified(random) {
      const at = below(told.length, random), verb = below(told[at].verbs.length, random);
      return a.replace(text, right.with(at, written(turned(told[at], [verb]))).join(" "));
    },
  };
}
