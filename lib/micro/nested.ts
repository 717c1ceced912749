/**
 * SST-2: nested sentiment. A judgement of a work stands below operators: some turn it round ("critics doubt
 * that"), some keep it ("fans think that"), some concede another judgement that does not decide ("although the
 * plot is great ,"). The label is the verdict of the whole, the level the number of operators.
 *
 * An operator turns the verdict half of the time, so from one operator on neither the judging word nor any
 * count of words tells the label by itself. A conceded judgement is praise or blame, whatever the verdict, and may stand below
 * an operator of its own, which turns nothing but it ("even though nobody thinks that the plot is great"): without
 * those, four layers learn to count what turns and need no scope (lib/README.md, "Measured").
 */
import { below, between, oneIn, pick, type Random, shuffled, someChanged } from "./draw.ts";
import type { Grammar, TrueText } from "./grammar.ts";
import { aspects, blame, claims, denials, judges, praise, tokenCount, works } from "./lexicon.ts";
import { type Lengths, padded } from "./padding.ts";
import { several } from "./several.ts";

type Operator = { kind: "flip" | "keep" | "concede"; before: string; after: string };

/** Of the task's inputs, and of pre-training's, which were drawn before concessions had operators of their own. */
const lengths: Lengths = { from: 38, to: 47 };
const toldLengths: Lengths = { from: 34, to: 44 };

const flips = [
  (random: Random) => `${pick(judges, random)} ${pick(denials, random)} that`,
  (random: Random) => `nobody ${pick(["thinks", "believes"], random)} that`,
  (random: Random) => `it is ${pick(["false", "wrong", "not true"], random)} that`,
];
const keeps = [
  (random: Random) => `${pick(judges, random)} ${pick(claims, random)} that`,
  (random: Random) => `everybody ${pick(["thinks", "believes"], random)} that`,
  (random: Random) => `it is ${pick(["true", "clear"], random)} that`,
];

/** How a clause that is conceded is worded. */
type Conceded = (clause: string, random: Random) => string;

const asItIs: Conceded = (clause) => clause;

/** Every second one below an operator of its own. */
const asSomebodySays: Conceded = (clause, random) =>
  oneIn(2, random) ? `${pick([...flips, ...flips, ...keeps], random)(random)} ${clause}` : clause;

function concession(conceded: Conceded, random: Random): Operator {
  const aspect = pick(aspects, random), judgement = pick([...praise, ...blame], random);
  const clause = conceded(`the ${aspect} is ${judgement}`, random);
  const [before, after] = pick([
    [`although ${clause} ,`, ""],
    [`despite the ${judgement} ${aspect} ,`, ""],
    ["", `even though ${clause}`],
    ["", `despite the ${judgement} ${aspect}`],
  ], random);
  return { kind: "concede", before, after };
}

function operator(conceded: Conceded, random: Random): Operator {
  const draw = below(4, random);
  if (draw === 3) return concession(conceded, random);
  // Judges are many, "nobody" and "it is ..." few: every second time a judge speaks.
  const form = [0, 0, 1, 2][below(4, random)];
  return draw === 2
    ? { kind: "keep", before: keeps[form](random), after: "" }
    : { kind: "flip", before: flips[form](random), after: "" };
}

interface Opinion {
  work: string;
  judgement: string;
  /** Outermost first. */
  operators: Operator[];
}

interface Wanted {
  level: number;
  isPositive: boolean;
  conceded: Conceded;
}

function opinion({ level, isPositive, conceded }: Wanted, random: Random): Opinion {
  const operators = Array.from({ length: level }, () => operator(conceded, random));
  const isTurned = operators.filter(({ kind }) => kind === "flip").length % 2 === 1;
  return {
    work: pick(works, random),
    judgement: pick(isPositive === isTurned ? blame : praise, random),
    operators,
  };
}

function written({ work, judgement, operators }: Opinion): string {
  const inside = operators.reduceRight(
    (inner, { before, after }) => [before, inner, after].filter((part) => part !== "").join(" "),
    `the ${work} is ${judgement}`,
  );
  return `${inside} .`;
}

/** SST-2's generator. Labels: "1" positive, "0" negative. */
export const nested: Grammar = {
  possible: { from: 0, to: 8 },
  levels: { from: 0, to: 8 },
  example({ level, label }, random) {
    const wanted = { level, isPositive: label === "1", conceded: asSomebodySays };
    let found: Opinion;
    do found = opinion(wanted, random); while (tokenCount(written(found)) + 2 > lengths.to); // [CLS] and [SEP]
    return {
      a: padded(written(found), lengths, random),
      b: null,
      label: label!,
      level,
      hard: found.operators.map(({ kind }) => kind).join(" ") || "plain",
    };
  },
};

/**
 * Judgements of one to four works, nothing said about them, and what they come to: "the film is dull .". One alone says
 * which words praise, without its having to be found whose judgement is meant.
 */
export function judgementText(_level: number, random: Random): TrueText {
  const draw = drawer(random);
  return verdicts(Array.from({ length: between(1, 4, random) }, (_, at) => draw(0, at)), random);
}

/** Opinions and their verdicts: one padded, as in the task, or several of different works. */
export function opinionText(level: number, random: Random): TrueText {
  const draw = drawer(random);
  if (!oneIn(3, random)) return verdicts(several(level, draw, written, random), random);
  const text = verdicts([draw(level, 0)], random);
  return { ...text, a: padded(text.a, toldLengths, random) };
}

interface Told extends Opinion {
  isPositive: boolean;
}

/** Draws opinions of a level, the `at`-th of them of the `at`-th work. */
function drawer(random: Random): (level: number, at: number) => Told {
  const different = shuffled(works, random);
  return (level, at) => {
    const isPositive = oneIn(2, random);
    return { ...opinion({ level, isPositive, conceded: asItIs }, random), work: different[at], isPositive };
  };
}

/** Opinions, and their verdicts in another order. */
function verdicts(told: Told[], random: Random): TrueText {
  const verdict = ({ work, isPositive }: Told, random: Random) =>
    `the ${work} is ${pick(isPositive ? praise : blame, random)} .`;
  const judged = shuffled(told, random), said = judged.map((one) => verdict(one, random));
  const opposite = (at: number, random: Random) =>
    verdict({ ...judged[at], isPositive: !judged[at].isPositive }, random);
  return {
    a: told.map(written).join(" "),
    b: said.join(" "),
    tells: "words",
    falsified: (random) => someChanged(said, (_, at) => opposite(at, random), random).join(" "),
  };
}
