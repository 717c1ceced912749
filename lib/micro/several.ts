/** Several things told in one text: more to learn from a row than one thing among sentences about the weather. */
import { between, type Random, shuffled } from "./draw.ts";
import { tokenCount } from "./lexicon.ts";

/** Tokens that they have together, at most, unless the first alone has more. */
const longest = 34;
const most = 4;

/**
 * One of `level` and up to three easier ones (levels 0 to 2), as many as have room, in a drawn order. `draw` makes the
 * `at`-th of them.
 */
export function several<T>(
  level: number,
  draw: (level: number, at: number) => T,
  written: (drawn: T) => string,
  random: Random,
): T[] {
  const found = [draw(level, 0)];
  let tokens = tokenCount(written(found[0]));
  while (found.length < most) {
    const another = draw(between(0, 2, random), found.length);
    tokens += tokenCount(written(another));
    if (tokens > longest) break;
    found.push(another);
  }
  return shuffled(found, random);
}
