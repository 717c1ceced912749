/** Neutral sentences, so that length says nothing of difficulty. */
import { below, between, pick, type Random } from "./draw.ts";
import { days, directions, manners, moves, times, tokenCount, weather } from "./lexicon.ts";

/** The shortest sentence there is, in tokens. */
const shortest = 3;

/** Sentences by their length in tokens, the full stop included. */
const sentences: Record<number, ((random: Random) => string)[]> = {
  3: [(random) => `it ${pick(weather, random)} .`],
  4: [(random) => `we ${pick(moves, random)} ${pick(directions, random)} .`],
  5: [(random) => `it ${pick(weather, random)} at ${pick(times, random)} .`],
  6: [
    (random) => `we ${pick(moves, random)} ${pick(directions, random)} ${pick(manners, random)} .`,
    (random) => `we ${pick(moves, random)} ${pick(directions, random)} on ${pick(days, random)} .`,
  ],
  7: [
    (random) => `it ${pick(weather, random)} on ${pick(days, random)} at ${pick(times, random)} .`,
    (random) => `it ${pick(weather, random)} from ${pick(times, random)} to ${pick(times, random)} .`,
  ],
  8: [
    (random) =>
      `we ${pick(moves, random)} ${pick(directions, random)} on ${pick(days, random)} at ${
        pick(times, random)
      } .`,
  ],
};
const lengths = Object.keys(sentences).map(Number);

/** Sentences of `tokens` tokens in all; one token more where that makes the shortest, none below. */
export function fillers(tokens: number, random: Random): string[] {
  const found: string[] = [];
  for (let left = tokens === shortest - 1 ? shortest : tokens; left >= shortest;) {
    // What remains must be nothing or room for another sentence.
    const length = pick(lengths.filter((length) => length === left || left - length >= shortest), random);
    const drawn = () => pick(sentences[length], random)(random);
    let sentence = drawn();
    for (let again = 0; again < 5 && found.includes(sentence); again++) sentence = drawn();
    found.push(sentence);
    left -= length;
  }
  return found;
}

/** `core` among `others`: a drawn number of them stand before it. */
export function among(others: readonly string[], core: string, random: Random): string {
  const before = below(others.length + 1, random);
  return [...others.slice(0, before), core, ...others.slice(before)].join(" ");
}

/** Lengths to reach, in tokens of the whole input. */
export interface Lengths {
  from: number;
  to: number;
}

/** A single sentence, padded to a drawn length; [CLS] and [SEP] count. */
export function padded(core: string, { from, to }: Lengths, random: Random): string {
  return among(fillers(between(from, to, random) - tokenCount(core) - 2, random), core, random);
}

/**
 * A pair, both with the same fillers, padded to a drawn length; [CLS] and two [SEP] count. Null where the pair is
 * too long as it is.
 */
export function paddedPair(a: string, b: string, { from, to }: Lengths, random: Random) {
  const tokens = tokenCount(a) + tokenCount(b) + 3;
  if (tokens > to) return null;
  const others = fillers(Math.floor((between(from, to, random) - tokens) / 2), random);
  return { a: among(others, a, random), b: among(others, b, random) };
}
