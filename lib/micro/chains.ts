/**
 * RTE: chains of facts. The premise holds ten facts in drawn order, "anna outranks bob .", that make up two chains
 * of four and one of two; the hypothesis asks for two of the people of a long one. The level is how many facts
 * lead from one to the other.
 *
 * Where it is not entailed the tails of the two chains are exchanged somewhere between the two people. So they
 * have as many people above and below them either way, and nothing short of following every fact tells.
 * Reversed hypotheses are no negatives here: the ends of the chains would give them away.
 */
import { below, between, oneIn, pick, type Random, sample, shuffled, someChanged } from "./draw.ts";
import type { Grammar, Levels, TrueText } from "./grammar.ts";
import { matched, mismatched, ranks } from "./lexicon.ts";

/** Facts of each long chain. */
const links = 4;
const possible: Levels = { from: 1, to: links };

/** The same in pre-training: with chains as long as these, and no third, RTE had nothing left to learn. */
const toldLinks = 3;
/** The levels of `orderText` and, though it has but one, `factText`. */
export const toldLevels: Levels = { from: 1, to: toldLinks };

type Fact = [higher: string, lower: string];

interface Chains {
  facts: Fact[];
  /** Two people, `steps` facts apart before an exchange. */
  pair: Fact;
  verb: string;
}

/** Draws chains of so many facts, the pair from the first; `isCut` says whether an exchange of tails separates it. */
function chains(lengths: number[], steps: number, isCut: boolean, names: string[], random: Random): Chains {
  const people = sample(names, lengths.reduce((sum, length) => sum + length + 1, 0), random);
  const [one, other, ...others] = lengths.map((length) => people.splice(0, length + 1));
  const first = between(0, one.length - 1 - steps, random);
  const pair: Fact = [one[first], one[first + steps]];
  const cut = isCut ? between(first + 1, first + steps, random) : one.length;
  const exchanged = [
    [...one.slice(0, cut), ...other.slice(cut)],
    [...other.slice(0, cut), ...one.slice(cut)],
    ...others,
  ];
  const facts = exchanged.flatMap((chain) => chain.slice(1).map((lower, at): Fact => [chain[at], lower]));
  return { facts: shuffled(facts, random), pair, verb: pick(ranks, random) };
}

const said = ([higher, lower]: Fact, verb: string) => `${higher} ${verb} ${lower} .`;
const story = ({ facts, verb }: Chains) => facts.map((fact) => said(fact, verb)).join(" ");

/** RTE's generator. Labels: "entailment", "not_entailment". */
export const order: Grammar = {
  possible,
  levels: possible,
  example({ level, label }, random) {
    const found = chains([links, links, 2], level, label !== "entailment", matched.names, random);
    const hard = `${level} ${level === 1 ? "fact" : "facts"} apart`;
    return { a: story(found), b: said(found.pair, found.verb), label: label!, level, hard };
  },
};

/** Facts of which none leads to another: who is said to outrank whom? */
export function factText(_level: number, random: Random): TrueText {
  return consequences(Array.from({ length: between(2, 5, random) }, () => 1), 1, random);
}

/** Facts, in two chains as in the task or in a shorter one among others, and what follows. */
export function orderText(level: number, random: Random): TrueText {
  if (oneIn(4, random)) return consequences([toldLinks, toldLinks], level, random);
  const own = Math.min(toldLinks, level + below(2, random));
  return consequences([own, ...Array.from({ length: between(1, 3, random) }, () => 1)], level, random);
}

/**
 * Chains of so many facts, of either set of names, and up to four consequences. A false one has somebody who outranks
 * others above somebody who is outranked, so that nobody's place in the facts gives it away.
 */
function consequences(lengths: number[], level: number, random: Random): TrueText {
  const found = chains(lengths, level, false, pick([matched, mismatched], random).names, random);
  const { verb, facts } = found, follows = reachable(facts);
  const pairs = facts.flatMap(([higher]) => facts.map(([_, lower]): Fact => [higher, lower]));
  const others = pairs.filter((pair) => follows(pair) && pair.join() !== found.pair.join());
  const told = shuffled([found.pair, ...sample(others, between(0, 3, random), random)], random);
  const wrong = pairs.filter(([higher, lower]) =>
    higher !== lower && !follows([higher, lower]) && !follows([lower, higher])
  );
  const written = (pairs: Fact[]) => pairs.map((pair) => said(pair, verb)).join(" ");
  return {
    a: story(found),
    b: written(told),
    tells: "sentences",
    falsified: (random) => written(someChanged(told, () => pick(wrong, random), random)),
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
