import assert from "node:assert/strict";
import { taskById } from "../glue/tasks.ts";
import { shuffled, stream } from "./draw.ts";
import { microSplits, microTasks } from "./examples.ts";
import type { MicroExample } from "./grammar.ts";
import { probe, seen, views } from "./leaks.ts";

/** Examples that are to need depth. */
const hard = (examples: MicroExample[]) => examples.filter(({ level }) => level >= 2);

// Percent correct on about 700 examples: chance and a little more than three standard errors, or chance + 10.
const bounds: Record<number, number> = { 2: 60, 3: 43.3 };
const correlationBound = 0.25;

for (const name of microTasks) {
  Deno.test(`words, neighbouring words and layout alone tell next to nothing in ${name}`, () => {
    const task = taskById(name);
    const { train, dev } = microSplits(name, { seed: 0, rows: { train: 4000 } });
    for (const view of views) {
      const labels = task.kind === "regression" ? null : task.labels;
      const found = probe(hard(train!), hard(dev!), labels, view, { seed: 0 });
      const bound = labels ? bounds[labels.length] : correlationBound;
      assert.ok(found < bound, `${view}: found ${found}, expected less than ${bound}`);
    }
  });
}

/** Examples whose label is written into them by `plant`. */
function planted(plant: (label: number, example: MicroExample) => Partial<MicroExample>) {
  const { train, dev } = microSplits("rte", { seed: 1, rows: { train: 1500, other: 400 } });
  const labels = ["0", "1"];
  const mark = (examples: MicroExample[]) =>
    examples.map((example, row) => ({ ...example, ...plant(row % 2, example), label: labels[row % 2] }));
  return (view: typeof views[number]) => probe(mark(train!), mark(dev!), labels, view, { seed: 0 });
}

Deno.test("the probes find a planted word, a planted order of neighbours, and a planted layout", () => {
  const word = planted((label, { a }) => ({ a: label === 1 ? a.replace(/^\w+/, "rosa") : a }));
  assert.ok(word("words") > 95);
  assert.ok(word("layout") < 60);
  // The same words either way; only who stands beside whom differs.
  const order = planted((label) => ({ a: label === 1 ? "x y z ." : "y x z .", b: "x ." }));
  assert.ok(order("neighbours") > 95);
  assert.ok(order("words") < 60);
  // Facts in the order of the chain: who comes first is higher.
  const random = stream(0, "planted");
  const chain = planted((label) => {
    const [one, two, three, four] = shuffled(["p", "q", "r", "s"], random);
    return {
      a: `${one} v ${two} . ${two} v ${three} . ${three} v ${four} .`,
      b: label === 1 ? `${two} v ${four} .` : `${four} v ${two} .`,
    };
  });
  assert.ok(chain("layout") > 95);
  assert.ok(chain("words") < 60);
});

Deno.test("seen names each thing once: 2 words here, 1 there, 1 shared", () => {
  assert.deepEqual(seen({ a: "x y", b: "y" }, "words"), ["a x", "a y", "b y", "both y", "shared 1"]);
  assert.deepEqual(seen({ a: "x .", b: null }, "layout"), ["a 2", "b 0", "sum 2", "a . at 1"]);
});

Deno.test("a probe of numbers finds a sum of words: r close to 1", () => {
  const random = stream(0, "numbers");
  const example = (): MicroExample => {
    const words = ["x", "y", "z"].filter(() => random() < 0.5);
    const value = words.reduce((sum, word) => sum + { x: 1, y: 2, z: 1 }[word]!, 0);
    return { a: ["w", ...words].join(" "), b: null, label: String(value), level: 2, hard: "" };
  };
  const examples = Array.from({ length: 400 }, example);
  assert.ok(probe(examples.slice(0, 300), examples.slice(300), null, "words", { seed: 0 }) > 0.95);
});
