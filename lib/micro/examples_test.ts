import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { InputError } from "../errors.ts";
import { pearson } from "../glue/metrics.ts";
import { taskById } from "../glue/tasks.ts";
import { grammars, microSplits, microTasks, newExample } from "./examples.ts";
import type { MicroExample } from "./grammar.ts";
import { matched, mismatched, places } from "./lexicon.ts";
import { agreement, meaning, type MeantClause, place, relation, verdict } from "./truth.ts";
import { inputTokens, microFiles } from "./write.ts";

const small = { seed: 3, rows: { train: 300, other: 300 } };

/** The dev and train examples of a small set. */
function someOf(task: string): MicroExample[] {
  return Object.values(microSplits(task, small)).flat();
}

Deno.test("SST-2's labels and levels are what the text says", () => {
  for (const { a, label, level } of someOf("sst-2")) {
    assert.deepEqual(verdict(a), { isPositive: label === "1", operators: level }, a);
  }
});

Deno.test("in SST-2 a third of what is conceded in a clause is denied, and turns nothing", () => {
  const conceded = someOf("sst-2").flatMap(({ a }) => a.match(/(although|even though) .*?the \w+ is/g) ?? []);
  const denied = conceded.filter((clause) => / (doubt|deny|dispute|nobody|false|wrong|not) /.test(clause));
  assert.ok(Math.abs(denied.length / conceded.length - 1 / 3) < 0.05, `${denied.length}/${conceded.length}`);
});

Deno.test("CoLA's labels and levels are what the text says", () => {
  for (const { a, label, level } of someOf("cola")) {
    assert.deepEqual(agreement(a), { isAcceptable: label === "1", depth: level }, a);
  }
});

Deno.test("RTE's labels follow from the facts, in as many steps as the level", () => {
  for (const { a, b, label, level } of someOf("rte")) {
    const found = relation(a, b!);
    assert.equal(found.label, label === "entailment" ? label : "neutral", `${a} | ${b}`);
    if (label === "entailment") assert.equal(found.steps, level, `${a} | ${b}`);
  }
});

/** How many people lie above (or below) somebody in the facts of RTE. */
function onOneSide(facts: string[][], name: string, isAbove: boolean): number {
  const fact = facts.find(([higher, , lower]) => (isAbove ? lower : higher) === name);
  return fact ? 1 + onOneSide(facts, isAbove ? fact[0] : fact[2], isAbove) : 0;
}

Deno.test("in RTE both people have their places in chains of five, whatever the label: the ends tell nothing", () => {
  const positions = new Map<string, Set<string>>();
  for (const { a, b, label, level } of someOf("rte")) {
    const facts = a.split(" .").map((fact) => fact.trim().split(" ")).filter((fact) => fact.length === 3);
    const [higher, , lower] = b!.split(" ");
    const around = [higher, lower].map((
      name,
    ) => [onOneSide(facts, name, true), onOneSide(facts, name, false)]);
    assert.deepEqual(around.map(([above, below]) => above + below), [4, 4], a);
    assert.equal(around[1][0] - around[0][0], level, `${a} | ${b}`);
    positions.set(label, (positions.get(label) ?? new Set()).add(`${level} ${around}`));
  }
  assert.deepEqual([...positions.get("entailment")!].sort(), [...positions.get("not_entailment")!].sort());
});

Deno.test("MNLI's claim agrees with the person's place, with another, or with none, in as many steps as the level", () => {
  for (const { a, b, label, level } of someOf("mnli")) {
    const [person, , , claimed] = b!.split(" ");
    const found = place(person, a);
    const expected = found.place === null
      ? "neutral"
      : found.place === claimed
      ? "entailment"
      : "contradiction";
    assert.equal(label, expected, `${a} | ${b}`);
    if (label !== "neutral") assert.equal(found.steps, level, `${a} | ${b}`);
    assert.equal(a.split(" ").filter((word) => word === claimed).length, 1, a);
  }
});

Deno.test("QNLI's story tells the place or does not, in as many steps as the level", () => {
  for (const { a, b, label, level } of someOf("qnli")) {
    const found = place(a.split(" ")[2], b!);
    assert.equal(found.place !== null, label === "entailment", `${a} | ${b}`);
    assert.equal(found.steps, level, `${a} | ${b}`);
  }
});

const sortedClauses = (clauses: MeantClause[]) => clauses.map((clause) => JSON.stringify(clause)).sort();

Deno.test("MRPC's and QQP's sentences are equivalent when they mean the same clauses, and only then", () => {
  for (const task of ["mrpc", "qqp"]) {
    for (const { a, b, label, level } of someOf(task)) {
      const one = meaning(a), other = meaning(b!);
      const isSame = one.hero === other.hero &&
        sortedClauses(one.clauses).join() === sortedClauses(other.clauses).join();
      assert.equal(isSame, label === "1", `${a} | ${b}`);
      assert.equal(one.clauses.length, [0, 1, 2, 2, 3][level], a);
      const people = new Set(one.clauses.map(({ person }) => person)).size;
      assert.equal(people < one.clauses.length, level >= 3, a);
      assert.equal(
        new Set(one.clauses.map(({ trait, person }) => `${trait} ${person}`)).size,
        one.clauses.length,
        a,
      );
    }
  }
});

/** Every way to put the items in order. */
function orders<T>(items: T[]): T[][] {
  return items.length === 0
    ? [[]]
    : items.flatMap((item, at) =>
      orders([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest])
    );
}

Deno.test("STS-B's score is 5 less the cheapest matching of the clauses, within the noise of 0.3", () => {
  const cost = { role: 1.0, deed: 1.2, trait: 0.8, person: 1.2 };
  const offs = new Set<number>();
  for (const { a, b, label } of someOf("sts-b")) {
    const one = meaning(a), other = meaning(b!);
    const matchings = orders(other.clauses).map((clauses) =>
      clauses.flatMap((clause, at) =>
        (Object.keys(cost) as (keyof typeof cost)[]).map((kind) =>
          clause[kind] === one.clauses[at][kind] ? 0 : cost[kind]
        )
      ).reduce((sum, value) => sum + value, 0)
    );
    const exact = Math.max(0, 5 - Math.min(...matchings) - (one.hero === other.hero ? 0 : 1.5));
    const off = Number(label) - exact;
    assert.ok(Math.abs(off) < 0.301, `${label} for ${exact}: ${a} | ${b}`);
    assert.match(label, /^[0-5]\.\d00$/);
    offs.add(Math.round(10 * off));
  }
  assert.deepEqual([...offs].sort((p, q) => p - q), [-3, -2, -1, 0, 1, 2, 3]);
});

Deno.test("labels are balanced at every level of every split, and no example occurs twice in a task", () => {
  for (const name of microTasks) {
    const task = taskById(name), splits = microSplits(name, small);
    const { from, to } = grammars[name].levels;
    for (const [split, examples] of Object.entries(splits)) {
      const counts = new Map<string, number>();
      for (const { level, label } of examples) {
        const kind = task.kind === "regression" ? `${level}` : `${level} ${label}`;
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
      }
      const expected = (to - from + 1) * Math.max(1, task.labels.length);
      assert.equal(counts.size, expected, `${name} ${split}`);
      for (const count of counts.values()) {
        assert.ok(Math.abs(count - 300 / expected) < 1, `${name} ${split}`);
      }
    }
    const texts = Object.values(splits).flat().map(({ a, b }) => `${a}\t${b}`);
    assert.equal(new Set(texts).size, texts.length, name);
  }
});

Deno.test("length tells nothing of the level: |r| <= 0.2 on dev, and no input is longer than 48 tokens", () => {
  for (const name of microTasks) {
    const dev = microSplits(name, { seed: 0, rows: { train: 1 } }).dev!;
    assert.equal(dev.length, 1000);
    const lengths = dev.map(inputTokens);
    const r = pearson(lengths, dev.map(({ level }) => level));
    assert.ok(Math.abs(r) <= 0.2, `${name}: r = ${r}`);
    assert.ok(Math.max(...lengths) <= 48, `${name}: ${Math.max(...lengths)} tokens`);
  }
});

Deno.test("MNLI's mismatched sets have names and verbs of their own, as the matched ones have", () => {
  const splits = microSplits("mnli", small);
  for (const [split, examples] of Object.entries(splits)) {
    const { names, company } = split.endsWith("-mm") ? mismatched : matched;
    for (const { a, b } of examples) {
      for (const word of `${a} ${b}`.split(" ")) {
        assert.ok([...names, ...company, ...places, "is", "in", "."].includes(word), `${split}: ${word}`);
      }
    }
  }
});

Deno.test("train never pairs the two words of a held-out notion; dev does", () => {
  const heldOut = [["boss", "chief"], ["tricked", "fooled"], ["sad", "unhappy"], ["young", "youthful"]];
  const pairsThem = ({ a, b }: MicroExample) =>
    heldOut.some(([one, other]) => {
      const has = (text: string, word: string) => text.split(" ").includes(word);
      const only = (text: string, word: string, not: string) => has(text, word) && !has(text, not);
      return (only(a, one, other) && only(b!, other, one)) || (only(a, other, one) && only(b!, one, other));
    });
  for (const task of ["mrpc", "qqp", "sts-b"]) {
    const { train, dev } = microSplits(task, small);
    // A replaced word may happen to be the synonym of one that another clause lost.
    assert.ok(train!.filter(pairsThem).length <= 3, task);
    assert.ok(dev!.filter(pairsThem).length >= 30, task);
  }
});

Deno.test("the same seed gives the same bytes, here and everywhere; dev does not depend on train's rows", () => {
  const options = { seed: 7, rows: { train: 40, other: 40 } };
  const text = microTasks.map((task) => JSON.stringify(microFiles(task, microSplits(task, options)))).join(
    "\n",
  );
  assert.equal(
    createHash("sha256").update(text).digest("hex"),
    "46874f5daccb368e0d365416d8c42afa87cfddb1ab2bfe16b2dcf58a4c1cd341",
  );
  const wider = microSplits("rte", { seed: 7, rows: { train: 90, other: 40 } });
  assert.deepEqual(wider.dev, microSplits("rte", options).dev);
  assert.notDeepEqual(wider.dev, microSplits("rte", { ...options, seed: 8 }).dev);
});

Deno.test("microSplits says what is wrong: a task, an empty range, levels there are not, rows that cannot be counted", () => {
  const refused = (task: string, options: object, message: RegExp) =>
    assert.throws(
      () => microSplits(task, { seed: 0, ...options }),
      (error: Error) => error instanceof InputError && message.test(error.message),
    );
  refused("wnli", {}, /No micro-GLUE task "wnli"; expected one of cola, sst-2/);
  refused("toString", {}, /No micro-GLUE task/);
  refused("rte", { levels: { from: 3, to: 1 } }, /levels 3 to 1, which holds none/);
  refused("rte", { levels: { from: 1, to: 9 } }, /levels 1 to 9; .* RTE have 1 to 4/);
  for (const count of [-5, 2.5, NaN, Infinity]) {
    refused(
      "rte",
      { rows: { train: count } },
      new RegExp(`rows\\.train = ${count}; expected a whole number`),
    );
    refused("rte", { rows: { train: 4, other: count } }, new RegExp(`rows\\.other = ${count}; expected`));
  }
  assert.deepEqual(microSplits("rte", { seed: 0, rows: { train: 0, other: 0 } }), {
    train: [],
    dev: [],
    test: [],
  });
});

Deno.test("a grammar of two sentences gives two examples, and an error for the third", () => {
  const seen = new Set<string>();
  let draws = 0;
  const draw = () => ({ a: `we met ${draws++ % 2} .`, b: null, label: "1", level: 0, hard: "" });
  const place = { title: "CoLA", level: 0, row: 2, count: 3 };
  assert.deepEqual([1, 2].map(() => newExample(draw, seen, place).a), ["we met 0 .", "we met 1 ."]);
  assert.throws(
    () => newExample(draw, seen, place),
    (error: Error) =>
      error instanceof InputError &&
      /CoLA at level 0 after 2 of 3 rows; the grammar has no more/.test(error.message),
  );
});
