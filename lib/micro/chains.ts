/**
 * RTE: chains of facts. The premise holds six facts in drawn order, "anna outranks bob .", that make up two chains
 * of three; the hypothesis asks for two of the people. The level is how many facts lead from one to the other.
 *
 * Where it is not entailed the tails of the two chains are exchanged somewhere between the two people. So they
 * have as many people above and below them either way, and nothing short of following every fact tells.
 * Reversed hypotheses are no negatives here: the ends of the chains would give them away.
 */
import { below, between, oneIn, pick, type Random, sample, shuffled, someChanged } from "./draw.ts";
import type { Grammar, Levels, TrueText } from "./grammar.ts";
import { matched, mismatched, ranks } from "./lexicon.ts";

/** Facts of each chain. */
const links = 3;
const possible: Levels = { from: 1, to: links };

type Fact = [higher: string, lower: string];

interface Chains {
  facts: Fact[];
  /** Two people, `steps` facts apart before an exchange. */
  pair: Fact;
  verb: string;
}

/** Draws two chains of so many facts; `isCut` says whether an exchange of tails separates the pair. */
function chains(
  [own, others]: [number, number],
  steps: number,
  isCut: boolean,
  names: string[],
  random: Random,
): Chains {
  const people = sample(names, own + others + 2, random);
  const one = people.slice(0, own + 1), other = people.slice(own + 1);
  const first = between(0, own - steps, random);
  const pair: Fact = [one[first], one[first + steps]];
  const cut = isCut ? between(first + 1, first + steps, random) : own + 1;
  const exchanged = [[...one.slice(0, cut), ...other.slice(cut)], [
    ...other.slice(0, cut),
    ...one.slice(cut),
  ]];
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
    const found = chains([links, links], level, label !== "entailment", matched.names, random);
    const hard = `${level} ${level === 1 ? "fact" : "facts"} apart`;
    return { a: story(found), b: said(found.pair, found.verb), label: label!, level, hard };
  },
};

/** Facts, of either set of names, as in the task or in shorter chains, and up to four that follow. */
export function orderText(level: number, random: Random): TrueText {
  const { names } = pick([matched, mismatched], random);
  const short: [number, number] = [Math.min(links, level + below(2, random)), between(1, 2, random)];
  const found = chains(oneIn(4, random) ? [links, links] : short, level, false, names, random);
  const { verb, facts } = found, follows = reachable(facts);
  const told = [...new Set(facts.flat())];
  const pairs = told.flatMap((higher) => told.map((lower): Fact => [higher, lower]));
  const others = pairs.filter((pair) => follows(pair) && pair.join() !== found.pair.join());
  const consequences = shuffled([found.pair, ...sample(others, between(0, 3, random), random)], random);
  const isApart = ([one, other]: Fact) => one !== other && !follows([one, other]) && !follows([other, one]);
  const falsified = ([higher, lower]: Fact, random: Random): Fact => {
    if (oneIn(4, random)) return [lower, higher];
    return pick(pairs.filter((pair) => isApart(pair) && (pair[0] === higher || pair[1] === lower)), random);
  };
  const written = (pairs: Fact[]) => pairs.map((pair) => said(pair, verb)).join(" ");
  return {
    a: story(found),
    b: written(consequences),
    tells: "sentences",
    falsified: (random) =>
      written(someChanged(consequences, (consequence) => falsified(consequence, random), random)),
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
