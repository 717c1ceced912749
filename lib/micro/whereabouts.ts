/**
 * QNLI: whereabouts. "where is anna ?" and a story in drawn order: two chains of company ("anna joins bob ."),
 * one that ends in a place ("bob is in paris ."), one that ends in a mood ("carl is tired ."). The question is
 * answered when its person's chain ends in the place. The level is how many facts of company lead there. The
 * two chains are alike but for their end, so exchanging the ends exchanges the label and changes no word.
 */
import { between, oneIn, pick, type Random, sample, shuffled } from "./draw.ts";
import type { Grammar, TrueText } from "./grammar.ts";
import { company, matched, moods, places } from "./lexicon.ts";

const links = 3;

interface Story {
  /** Each goes with the next; the last ones are those whose place or mood is told. */
  placed: string[];
  moody: string[];
  place: string;
  mood: string;
  sentences: string[];
}

function story(random: Random): Story {
  const people = sample(matched.names, 2 * (links + 1), random);
  const placed = people.slice(0, links + 1), moody = people.slice(links + 1);
  const place = pick(places, random), mood = pick(moods, random);
  const together = (chain: string[]) =>
    chain.slice(1).map((next, at) => `${chain[at]} ${pick(company, random)} ${next} .`);
  const ends = [`${placed[links]} is in ${place} .`, `${moody[links]} is ${mood} .`];
  const sentences = shuffled([...together(placed), ...together(moody), ...ends], random);
  return { placed, moody, place, mood, sentences };
}

const question = (person: string) => `where is ${person} ?`;

/** QNLI's generator. Labels: "entailment" (the story answers the question), "not_entailment". */
export const whereabouts: Grammar = {
  possible: { from: 0, to: links },
  levels: { from: 0, to: links },
  example({ level, label }, random) {
    const { placed, moody, sentences } = story(random);
    const person = (label === "entailment" ? placed : moody)[links - level];
    const hard = `${level} ${level === 1 ? "fact" : "facts"} from the place or mood`;
    return { a: question(person), b: sentences.join(" "), label: label!, level, hard };
  },
};

/** A story and somebody's place. */
export function placeText(level: number, random: Random): TrueText {
  const { placed, moody, place, sentences } = story(random);
  const said = (person: string, place: string) => `${person} is in ${place} .`;
  return {
    a: sentences.join(" "),
    b: said(placed[links - level], place),
    falsified(random) {
      if (oneIn(2, random)) return said(pick(moody, random), place);
      return said(placed[links - level], pick(places.filter((other) => other !== place), random));
    },
  };
}

/** A question and a story that answers it; falsified, two people change places so that their chains cross. */
export function questionText(level: number, random: Random): TrueText {
  const { placed, moody, sentences } = story(random);
  const asked = links - level;
  return {
    a: question(placed[asked]),
    b: sentences.join(" "),
    falsified(random) {
      const at = between(asked, links, random);
      const crossed = sentences.map((sentence) => {
        const [first, verb, ...rest] = sentence.split(" ");
        if (at === links) {
          if (verb !== "is") return sentence;
          return [first === placed[at] ? moody[at] : placed[at], verb, ...rest].join(" ");
        }
        if (verb === "is") return sentence;
        if (first === placed[at]) return `${first} ${verb} ${moody[at + 1]} .`;
        if (first === moody[at]) return `${first} ${verb} ${placed[at + 1]} .`;
        return sentence;
      });
      return crossed.join(" ");
    },
  };
}
