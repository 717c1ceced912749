/**
 * QNLI and MNLI: whereabouts. A story in drawn order: chains of company ("anna joins bob .") of which some end in
 * a place ("bob is in paris ."). The level is how many facts of company lead from the person in question to the
 * end of the chain.
 *
 * QNLI asks "where is anna ?"; one chain ends in a place, one in a mood ("carl is tired ."). MNLI says "anna is in
 * paris ."; one chain ends in that place (entailment), one in another (contradiction), one in nothing (neutral).
 * The label is nothing but which chain has which end. Exchanging the ends exchanges the label and changes no
 * word, so nothing short of following every fact tells.
 */
import { between, oneIn, pick, type Random, sample, shuffled, someChanged } from "./draw.ts";
import type { Grammar, TrueText } from "./grammar.ts";
import { matched, mismatched, moods, places } from "./lexicon.ts";

/** Facts of company in the chain of the person in question. */
const links = 3;
/** QNLI's other chain is as long; MNLI's two are shorter, for the sake of length. */
const asking = [links, links];
const claiming = [links, 2, 1];

interface Words {
  names: string[];
  company: string[];
}

/** Chains of so many facts: each person goes with the next. */
function peopleOf(lengths: number[], { names }: Words, random: Random): string[][] {
  const people = sample(names, lengths.reduce((sum, length) => sum + length + 1, 0), random);
  return lengths.map((length) => people.splice(0, length + 1));
}

function together(chains: string[][], { company }: Words, random: Random): string[] {
  return chains.flatMap((chain) =>
    chain.slice(1).map((next, at) => `${chain[at]} ${pick(company, random)} ${next} .`)
  );
}

const last = (chain: string[]) => chain[chain.length - 1];
const isIn = (person: string, place: string) => `${person} is in ${place} .`;
const question = (person: string) => `where is ${person} ?`;
const hard = (level: number) => `${level} ${level === 1 ? "fact" : "facts"} to the end of the chain`;

/** Two chains, the first with a place; one as good as the other for who is asked for. */
function placeAndMood(lengths: number[], words: Words, random: Random) {
  const [placed, moody] = peopleOf(lengths, words, random);
  const ends = [`is in ${pick(places, random)} .`, `is ${pick(moods, random)} .`];
  const told = [`${last(placed)} ${ends[0]}`, `${last(moody)} ${ends[1]}`];
  return {
    placed,
    moody,
    ends,
    sentences: shuffled([...together([placed, moody], words, random), ...told], random),
  };
}

/** QNLI's generator. Labels: "entailment" (the story answers the question), "not_entailment". */
export const whereabouts: Grammar = {
  possible: { from: 0, to: links },
  levels: { from: 0, to: links },
  example({ level, label }, random) {
    const { placed, moody, sentences } = placeAndMood(asking, matched, random);
    const person = (label === "entailment" ? placed : moody)[links - level];
    return { a: question(person), b: sentences.join(" "), label: label!, level, hard: hard(level) };
  },
};

/** Three chains; the first ends in the place claimed, in another or in nothing, the others have the other ends. */
function threeEnds(label: string, lengths: number[], words: Words, random: Random) {
  const chains = peopleOf(lengths, words, random);
  const [claimed, other] = sample(places, 2, random);
  const ends = { entailment: claimed, contradiction: other, neutral: null };
  const own = ends[label as keyof typeof ends];
  const rest = shuffled(Object.values(ends).filter((end) => end !== own), random);
  const told = [own, ...rest].flatMap((end, at) => end === null ? [] : [isIn(last(chains[at]), end)]);
  return {
    chains,
    ends: [own, ...rest],
    claimed,
    other,
    sentences: shuffled([...together(chains, words, random), ...told], random),
  };
}

/** MNLI's generator. */
export const claims: Grammar = {
  possible: { from: 0, to: links },
  levels: { from: 0, to: links },
  example({ level, label, mismatched: isMismatched }, random) {
    const words = isMismatched ? mismatched : matched;
    const { chains: [chain], claimed, sentences } = threeEnds(label!, claiming, words, random);
    const b = isIn(chain[links - level], claimed);
    return { a: sentences.join(" "), b, label: label!, level, hard: hard(level) };
  },
};

/** A story as in the task or with shorter chains, of either set of names, and where up to four of its people are. */
export function placeText(level: number, random: Random): TrueText {
  const words = pick([matched, mismatched], random);
  const short = [Math.max(level, 1), 1, 1];
  const { chains, ends, sentences } = threeEnds(
    "entailment",
    oneIn(4, random) ? claiming : short,
    words,
    random,
  );
  const people = chains.flatMap((chain, at) => chain.map((person) => ({ person, place: ends[at] })));
  const placed = people.filter(({ place }) => place !== null) as { person: string; place: string }[];
  const first = placed[chains[0].length - 1 - level]; // the first chain's people come first
  const others = placed.filter((one) => one !== first);
  const known = shuffled([first, ...sample(others, between(0, 3, random), random)], random);
  const written = known.map(({ person, place }) => isIn(person, place));
  const wrong = (at: number, random: Random) => {
    const { person, place } = known[at];
    if (oneIn(2, random)) return isIn(person, otherPlace(place, ends, random));
    return isIn(pick(people.filter((one) => one.place !== place), random).person, place);
  };
  return {
    a: sentences.join(" "),
    b: written.join(" "),
    tells: "sentences",
    falsified: (random) => someChanged(written, (_, at) => wrong(at, random), random).join(" "),
  };
}

/** Mostly the other place of the story, else any other. */
function otherPlace(place: string, ends: (string | null)[], random: Random): string {
  const told = ends.find((end) => end !== null && end !== place)!;
  return oneIn(4, random) ? pick(places.filter((other) => other !== place), random) : told;
}

/**
 * A question and a story, as in the task or with shorter chains. Half of the stories merely hold the answer; falsified,
 * two people change places so that their chains cross. The others end with the answer, and with how another fares;
 * falsified, with the end of the wrong chain.
 */
export function questionText(level: number, random: Random): TrueText {
  const words = pick([matched, mismatched], random);
  const length = oneIn(4, random) ? links : level;
  const { placed, moody, ends, sentences } = placeAndMood([length, length], words, random);
  const asked = placed[length - level], text = { a: question(asked) };
  if (oneIn(2, random)) {
    return {
      ...text,
      b: sentences.join(" "),
      tells: "nothing",
      falsified(random) {
        const at = between(length - level, length, random);
        return sentences.map((sentence) => crossed(sentence, placed, moody, at)).join(" ");
      },
    };
  }
  const others = [...placed, ...moody].filter((person) => person !== asked);
  const known = shuffled([asked, ...sample(others, length < links ? 3 : 1, random)], random);
  const faring = (person: string, isRight: boolean) =>
    `${person} ${ends[Number(placed.includes(person) !== isRight)]}`;
  const ended = (isRight: boolean[]) =>
    [...sentences, ...known.map((person, at) => faring(person, isRight[at]))].join(" ");
  const right = known.map(() => true);
  return {
    ...text,
    b: ended(right),
    tells: "sentences",
    falsified: (random) => ended(someChanged(right, () => false, random)),
  };
}

/** Whoever goes with the next after `at` of one chain goes with that of the other; at the end, the ends change. */
function crossed(sentence: string, one: string[], other: string[], at: number): string {
  const [person, verb, ...rest] = sentence.split(" ");
  const isEnd = verb === "is";
  if (person !== one[at] && person !== other[at] || isEnd !== (at === one.length - 1)) return sentence;
  const [own, opposite] = person === one[at] ? [one, other] : [other, one];
  return isEnd ? [opposite[at], verb, ...rest].join(" ") : `${own[at]} ${verb} ${opposite[at + 1]} .`;
}
