/** The smoke profile: a few generated rows, and a small model from random weights. */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type BertConfig, randomBert } from "../../bert/mod.ts";
import { readSplit, type Task } from "../../glue/mod.ts";
import { smokeVocabulary, writeSmokeGlue } from "../../micro/mod.ts";
import { random } from "../../tensor/mod.ts";
import { wordPieceFromVocab } from "../../text/mod.ts";
import { numOutputs, type Sources } from "./sources.ts";

/** The smoke model: 4 layers x 32, from random weights. */
export function smokeConfig(vocabSize: number): BertConfig {
  return {
    vocabSize,
    hiddenSize: 32,
    numLayers: 4,
    numHeads: 4,
    intermediateSize: 64,
    maxPositions: 64,
    numSegments: 2,
    layerNormEpsilon: 1e-12,
  };
}

/** Wider than BERT's 0.02, which is too small at width 32 (our prototypes). */
const smokeDeviation = 0.1;

const smokeFolder = fileURLToPath(new URL("../../../data/.cache/smoke", import.meta.url));

/** The smoke rows of `task` and a backbone of random weights. */
export async function smokeSources(task: Task): Promise<Sources> {
  await writeSmokeGlue(smokeFolder, { seed: 0, tasks: [task.id] });
  const vocabText = smokeVocabulary().join("\n") + "\n";
  const wordPiece = wordPieceFromVocab(vocabText);
  const config = smokeConfig(wordPiece.vocabSize);
  const described = JSON.stringify({ config, smokeDeviation });
  return {
    task,
    wordPiece,
    vocabText,
    config,
    weights: { name: "random", sha256: createHash("sha256").update(described).digest("hex") },
    freshBackbone: (seed) =>
      Promise.resolve(randomBert(config, numOutputs(task), random(seed, "backbone"), smokeDeviation)),
    split: (name) => readSplit(task, smokeFolder, name, { expectOfficialCounts: false }),
  };
}
