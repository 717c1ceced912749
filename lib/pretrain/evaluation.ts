/** What a model in pre-training can do, on rows it has not seen. */
import { read, tidy } from "../tensor/mod.ts";
import { type PretextBatch, pretextBatches, type Questions } from "./batches.ts";
import type { PretextStream } from "./examples.ts";
import type { PretextLogits } from "./heads.ts";

/** Shares of right answers, times 100. */
export interface PretextScores {
  /** Words behind masks. */
  masked: number;
  /** Replaced words found, and kept ones left alone. */
  replaced: number;
  kept: number;
  /** Second parts judged right. */
  follows: number;
  /** Each of them per kind of text, e.g. `follows_order`. */
  [ofKind: `${"masked" | "replaced" | "kept" | "follows"}_${string}`]: number;
}

const batchSize = 32;

/** Scores over `rows` rows of each stream. `logitsOf` is called inside a `tidy`. */
export async function pretextScores(
  logitsOf: (batch: PretextBatch) => PretextLogits,
  stream: PretextStream,
  rows: number,
): Promise<PretextScores> {
  const batchAt = pretextBatches(stream, batchSize);
  const tallies = new Map<string, { right: number; asked: number }>();
  const count = (name: string, isRight: boolean) => {
    const tally = tallies.get(name) ?? { right: 0, asked: 0 };
    tallies.set(name, { right: tally.right + Number(isRight), asked: tally.asked + 1 });
  };
  for (let step = 0; step < Math.ceil(rows / batchSize); step++) {
    const batch = batchAt(step);
    const { masked, replaced, follows } = await choicesOf(logitsOf, batch);
    const countAll = ({ places, answers }: Questions, found: number[], name: (answer: number) => string) =>
      answers.forEach((answer, at) => {
        const row = answers === batch.follows.answers ? places[at] : Math.floor(places[at] / batch.length);
        count(name(answer), found[at] === answer);
        count(`${name(answer)}_${batch.examples[row].kind}`, found[at] === answer);
      });
    countAll(batch.masked, masked, () => "masked");
    countAll(batch.replaced, replaced, (answer) => answer ? "replaced" : "kept");
    countAll(batch.follows, follows, () => "follows");
  }
  const share = ({ right, asked }: { right: number; asked: number }) => 100 * right / asked;
  const scores = [...tallies].sort(([a], [b]) => a < b ? -1 : 1).map(([name, tally]) => [name, share(tally)]);
  return Object.fromEntries(scores) as PretextScores;
}

/** The class with the highest logit, for every question. */
async function choicesOf(logitsOf: (batch: PretextBatch) => PretextLogits, batch: PretextBatch) {
  const logits = tidy(() => ({ ...logitsOf(batch) }));
  const highest = async (name: keyof PretextLogits): Promise<number[]> => {
    const classes = logits[name].shape[1]!, values = await read(logits[name]);
    logits[name].dispose();
    return Array.from({ length: values.length / classes }, (_, at) => {
      const own = values.subarray(at * classes, (at + 1) * classes);
      return own.indexOf(Math.max(...own));
    });
  };
  return {
    masked: await highest("masked"),
    replaced: await highest("replaced"),
    follows: await highest("follows"),
  };
}
