/**
 * MRPC, QQP and STS-B: what happened to whom. A scene is one person (asked for in QQP) and one to three clauses:
 * whom he helped, by whom he was called. The second sentence tells the same scene in other words: clauses in
 * another order, passive or relative, some words replaced by synonyms. The level is how much there is to keep
 * apart:
 *
 *   1  one clause
 *   2  two clauses
 *   3  two clauses, whose people are told apart by one word only ("the old nurse", "the young nurse")
 *   4  three clauses, two of them with such people
 *
 * A sentence that tells another scene has the same words in other roles; a third of them has one word replaced by
 * one that is no synonym. As many words change their form whatever the label, so the words that two sentences
 * share say nothing. Some notions are held out: train never shows one of their words on one side and its synonym
 * on the other.
 */
import { below, between, oneIn, type Random } from "./draw.ts";
import type { Grammar, Levels, TrueText } from "./grammar.ts";
import { type Lengths, paddedPair } from "./padding.ts";
import {
  difference,
  exchange,
  isSame,
  replaceOne,
  type Retelling,
  retold,
  type Scene,
  scene,
} from "./scenes.ts";
import { asked, drawStyle, told } from "./wording.ts";

const possible: Levels = { from: 1, to: 4 };
const hard = [
  "",
  "1 clause",
  "2 clauses",
  "2 clauses with people alike",
  "3 clauses, 2 of them with people alike",
];

/** A scene and a retelling that says the same, or not. */
function scenes(
  level: number,
  wantSame: boolean,
  how: Pick<Retelling, "training" | "isHeroSaid">,
  random: Random,
) {
  const changes = between(1, 3, random);
  const isReplaced = !wantSame && oneIn(3, random);
  const exchanges = wantSame || isReplaced ? 0 : 1;
  for (;;) {
    const one = scene(level, random);
    const other = retold(one, { ...how, changes, replacements: isReplaced ? 1 : 0, exchanges }, random);
    if (isSame(one, other) === wantSame) return { one, other };
  }
}

const lengths: Lengths = { from: 42, to: 46 };

/** Two scenes in words, padded. Drawn again while a pair is too long. */
function pairOf(draw: () => { one: Scene; other: Scene }, say: typeof told, random: Random) {
  for (;;) {
    const { one, other } = draw();
    const style = drawStyle(random);
    const plain = { a: say(one, drawStyle(random)), b: say(other, style) };
    const pair = paddedPair(plain.a, plain.b, lengths, random);
    if (pair) return { pair, plain, one, other, style };
  }
}

function paraphrases(isQuestion: boolean): Grammar {
  return {
    possible,
    levels: possible,
    example({ level, label, training }, random) {
      const how = { training, isHeroSaid: !isQuestion };
      const draw = () => scenes(level, label === "1", how, random);
      const { pair } = pairOf(draw, isQuestion ? asked : told, random);
      return { ...pair, label: label!, level, hard: hard[level] };
    },
  };
}

/** MRPC's generator. Labels: "1" equivalent, "0" not. */
export const statements = paraphrases(false);

/** QQP's generator. Labels: "1" duplicate, "0" not. */
export const questions = paraphrases(true);

/** STS-B's generator. The score is 5 less the difference, with the noise of human means: up to 0.3 either way. */
export const similarity: Grammar = {
  possible,
  levels: possible,
  example({ level, training }, random) {
    const { pair, one, other } = pairOf(() => edited(level, training, random), told, random);
    const noisy = Math.max(0, 50 - difference(one, other)) + between(-3, 3, random);
    const score = Math.max(0, Math.min(50, noisy));
    return { ...pair, label: `${Math.floor(score / 10)}.${score % 10}00`, level, hard: hard[level] };
  },
};

/** A scene and another after up to four edits; as many words change whatever the edits. */
function edited(level: number, training: boolean, random: Random) {
  const one = scene(level, random);
  const changes = between(2, 4, random);
  const edits = between(0, 4, random);
  const replacements = Math.min(changes, below(edits + 1, random));
  const how = { changes, replacements, exchanges: edits - replacements, training, isHeroSaid: true };
  return { one, other: retold(one, how, random) };
}

/** A sentence (or a question) and the same in other words, held-out notions included. */
export function rewriteText(level: number, isQuestion: boolean, random: Random): TrueText {
  const how = { training: false, isHeroSaid: !isQuestion };
  const say = isQuestion ? asked : told;
  const { pair: padded, one, other, style, plain } = pairOf(
    () => scenes(level, true, how, random),
    say,
    random,
  );
  const pair = oneIn(2, random) ? padded : plain;
  return {
    ...pair,
    tells: "words",
    falsified(random) {
      for (;;) {
        const changed = structuredClone(other);
        if (oneIn(2, random)) exchange(changed, how.isHeroSaid, random);
        else replaceOne(changed, how.isHeroSaid, random);
        // Another role would be another wording; here every word keeps its place.
        const keepsRoles = changed.clauses.every(({ isAgent }, at) => isAgent === other.clauses[at].isAgent);
        if (keepsRoles && !isSame(one, changed)) {
          return pair.b.replace(say(other, style), say(changed, style));
        }
      }
    },
  };
}
