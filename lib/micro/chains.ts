/**
 * MNLI and RTE: chains of facts. The premise holds seven facts in drawn order, "anna outranks bob .", that make
 * up two chains; the hypothesis asks for two of the people. The level is how many facts lead from one to the
 * other. Everything else is the same at every level and for every label:
 *
 * - A chain of five facts with both people inside it and a chain of two are cut at one place each and their tails
 *   exchanged. If the cut falls between the two people they end in different chains (neutral); else the one
 *   still leads to the other (entailment), or the hypothesis asks for the reverse (contradiction).
 * - Both people stand once on each side of the verb, so their places tell nothing of their order.
 */
import { below, between, oneIn, pick, type Random, sample, shuffled } from "./draw.ts";
import type { Grammar, Levels, TrueText } from "./grammar.ts";
import { matched, mismatched } from "./lexicon.ts";

/** Facts of the two chains before the exchange. */
const links = { long: 5, short: 2 };
// One fact is left on each side of the two people.
const possible: Levels = { from: 1, to: links.long - 2 };

type Relation = "entailment" | "neutral" | "contradiction";
type Fact = [higher: string, lower: string];

interface Chains {
  facts: Fact[];
  /** Two people, `steps` facts apart before the exchange; the first is the higher where they are still connected. */
  pair: Fact;
  verb: string;
}

/** Draws the facts; `isCutBetween` says whether the exchange separates the two people. */
function chains(
  steps: number,
  isCutBetween: boolean,
  { names, verbs }: { names: string[]; verbs: string[] },
  random: Random,
): Chains {
  const people = sample(names, links.long + links.short + 2, random);
  const long = people.slice(0, links.long + 1), short = people.slice(links.long + 1);
  const first = between(1, links.long - 1 - steps, random);
  const cuts = Array.from({ length: links.long }, (_, link) => link).filter((link) =>
    (link >= first && link < first + steps) === isCutBetween
  );
  const cut = pick(cuts, random) + 1, shortCut = between(1, links.short, random);
  const one = [...long.slice(0, cut), ...short.slice(shortCut)];
  const other = [...short.slice(0, shortCut), ...long.slice(cut)];
  return {
    facts: shuffled([...pairsIn(one), ...pairsIn(other)], random),
    pair: [long[first], long[first + steps]],
    verb: pick(verbs, random),
  };
}

function pairsIn(chain: string[]): Fact[] {
  return chain.slice(1).map((lower, at): Fact => [chain[at], lower]);
}

const said = ([higher, lower]: Fact, verb: string) => `${higher} ${verb} ${lower} .`;
const story = ({ facts, verb }: Chains) => facts.map((fact) => said(fact, verb)).join(" ");

function example(relation: Relation, steps: number, isMismatched: boolean, random: Random) {
  const found = chains(steps, relation === "neutral", isMismatched ? mismatched : matched, random);
  const isReversed = relation === "contradiction" || (relation === "neutral" && oneIn(2, random));
  const pair: Fact = isReversed ? [found.pair[1], found.pair[0]] : found.pair;
  return { a: story(found), b: said(pair, found.verb) };
}

const levels = possible;
const hard = (level: number) => `${level} ${level === 1 ? "fact" : "facts"} apart`;

/** MNLI's generator. */
export const chainsOfThree: Grammar = {
  possible,
  levels,
  example({ level, label, mismatched }, random) {
    return {
      ...example(label as Relation, level, mismatched, random),
      label: label!,
      level,
      hard: hard(level),
    };
  },
};

/** RTE's generator: what is not entailed is neutral or contradicted, each half of the time. */
export const chainsOfTwo: Grammar = {
  possible,
  levels,
  example({ level, label }, random) {
    const relation = label === "entailment" ? label : pick(["neutral", "contradiction"] as const, random);
    return { ...example(relation, level, false, random), label: label!, level, hard: hard(level) };
  },
};

/** Facts, of either set of names, and one that follows. */
export function chainText(level: number, random: Random): TrueText {
  const words = pick([matched, mismatched], random);
  const found = chains(level, false, words, random);
  const { pair: [higher, lower], verb, facts } = found;
  const follows = reachable(facts);
  const told = [...new Set(facts.flat())];
  return {
    a: story(found),
    b: said(found.pair, verb),
    falsified(random) {
      const change = below(4, random);
      if (change === 0) return said([lower, higher], verb);
      if (change === 1) {
        return said(
          [higher, lower],
          pick(words.verbs.filter((other) => other !== verb), random),
        );
      }
      for (;;) {
        const name = pick(oneIn(2, random) ? told : words.names, random);
        const pair: Fact = oneIn(2, random) ? [name, lower] : [higher, name];
        if (pair[0] !== pair[1] && !follows(pair)) return said(pair, verb);
      }
    },
  };
}

/** Whether facts lead from the first of two people to the second. */
function reachable(facts: Fact[]): (pair: Fact) => boolean {
  const next = new Map(facts);
  return ([from, to]) => {
    for (let at = next.get(from); at !== undefined; at = next.get(at)) if (at === to) return true;
    return false;
  };
}
