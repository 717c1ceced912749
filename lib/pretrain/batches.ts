/** Batches of pre-training: as many masked rows as judged ones, of similar length. */
import type { PaddedBatch } from "../bert/mod.ts";
import { collate } from "../glue/mod.ts";
import { judgedExample, maskedExample, type PretextExample, type PretextStream } from "./examples.ts";

/** Answers to the questions about some places of a batch. */
export interface Questions {
  /** Tokens counted row by row over the padded batch, or rows. */
  places: Int32Array;
  /** Class of each. */
  answers: Float32Array;
}

/** A padded batch and everything that is asked about it. */
export interface PretextBatch extends PaddedBatch {
  examples: PretextExample[];
  masked: Questions;
  replaced: Questions;
  /** By row. */
  follows: Questions;
}

/** Steps whose rows are drawn together and sorted by length, so that little is padded. */
const stepsPerPool = 16;

/** The batch of any step: `size` masked rows and `size` judged ones. */
export function pretextBatches(stream: PretextStream, size: number): (step: number) => PretextBatch {
  const rowsOfPool = (pool: number, draw: typeof maskedExample) =>
    Array.from(
      { length: stepsPerPool * size },
      (_, at) => draw((stream.firstRow ?? 0) + pool * stepsPerPool * size + at, stream),
    )
      .sort((one, other) => one.tokenIds.length - other.tokenIds.length);
  let pool = -1, masked: PretextExample[] = [], judged: PretextExample[] = [];
  return (step) => {
    const wanted = Math.floor(step / stepsPerPool);
    if (wanted !== pool) {
      pool = wanted;
      masked = rowsOfPool(pool, maskedExample);
      judged = rowsOfPool(pool, judgedExample);
    }
    // 7 has no factor in common with 16: every length of the pool comes once, not in order.
    const from = (step * 7) % stepsPerPool * size;
    return pretextBatch([...masked.slice(from, from + size), ...judged.slice(from, from + size)]);
  };
}

/** `examples` side by side, padded with 0. */
export function pretextBatch(examples: PretextExample[]): PretextBatch {
  const padded = collate(examples, [...examples.keys()]), { length } = padded;
  const ofTokens = (kind: "masked" | "replaced") =>
    questions(
      examples.flatMap((example, row) => example[kind].map(({ at, answer }) => [row * length + at, answer])),
    );
  const follows = questions(
    examples.flatMap(({ follows }, row) => follows === null ? [] : [[row, Number(follows)]]),
  );
  return {
    ...padded,
    examples,
    masked: ofTokens("masked"),
    replaced: ofTokens("replaced"),
    follows,
  };
}

function questions(pairs: number[][]): Questions {
  return {
    places: Int32Array.from(pairs, ([place]) => place),
    answers: Float32Array.from(pairs, ([, answer]) => answer),
  };
}
