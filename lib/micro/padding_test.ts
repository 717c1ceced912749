import assert from "node:assert/strict";
import fc from "fast-check";
import { stream } from "./draw.ts";
import { tokenCount } from "./lexicon.ts";
import { among, fillers, padded, paddedPair } from "./padding.ts";

const seeds = fc.integer({ min: 0, max: 1e6 });
const fixed = { seed: 6, numRuns: 200 };

Deno.test("fillers have exactly the tokens asked for, from the shortest sentence of 3 on", () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 3, max: 40 }), (seed, tokens) => {
      const sentences = fillers(tokens, stream(seed, "padding"));
      return sentences.every((text) => text.endsWith(" .")) &&
        sentences.reduce((sum, text) => sum + tokenCount(text), 0) === tokens;
    }),
    fixed,
  );
  assert.deepEqual([-4, 0, 1].map((tokens) => fillers(tokens, stream(0, "padding"))), [[], [], []]);
  assert.equal(tokenCount(fillers(2, stream(0, "padding")).join(" ")), 3);
});

Deno.test("among keeps the order of the others and puts the core anywhere", () => {
  const places = Array.from({ length: 60 }, (_, seed) => among(["p .", "q ."], "X .", stream(seed, "among")));
  assert.deepEqual([...new Set(places)].sort(), ["X . p . q .", "p . X . q .", "p . q . X ."]);
});

Deno.test("padded reaches a drawn length; a pair gets the same fillers on both sides, or nothing if too long", () => {
  const lengths = { from: 20, to: 20 };
  assert.equal(tokenCount(padded("the film is bad .", lengths, stream(0, "one"))) + 2, 20);
  const pair = paddedPair("the film is bad .", "the film is dull .", { from: 25, to: 25 }, stream(0, "two"))!;
  assert.equal(tokenCount(pair.a) + tokenCount(pair.b) + 3, 25);
  const sorted = (text: string) => text.split(" ").filter((word) => !/bad|dull/.test(word)).sort();
  assert.deepEqual(sorted(pair.a), sorted(pair.b));
  assert.equal(
    paddedPair("the film is bad .", "the film is dull .", { from: 5, to: 12 }, stream(0, "two")),
    null,
  );
});
