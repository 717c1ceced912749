/** Sound files for the faults to break: one GLUE task of generated rows, and a BERT with random weights. */
import { join } from "node:path";
import { randomWeights, writeFolder } from "../../bert/reference_bert.ts";
import { smokeFiles, smokeVocabulary } from "../../micro/mod.ts";
import type { NamedValues } from "../../tensor/safetensors.ts";
import type { Command, Place } from "./fault.ts";

const config = {
  vocabSize: smokeVocabulary().length,
  hiddenSize: 8,
  numLayers: 2,
  numHeads: 2,
  intermediateSize: 16,
  maxPositions: 32,
  numSegments: 2,
  layerNormEpsilon: 1e-12,
};

/** Where a fault finds what it breaks. */
export interface SoundFiles {
  /** Folder of GLUE's folders. */
  glue: string;
  /** Folder of the BERT. */
  bert: string;
}

/** Writes the rows of `task` and the BERT below `folder`. */
export async function writeSound(folder: string, task = "sst-2"): Promise<SoundFiles> {
  const glue = join(folder, "glue"), bert = join(folder, "bert");
  for (const [name, text] of Object.entries(smokeFiles(task, 0))) {
    await Deno.mkdir(join(glue, name, ".."), { recursive: true });
    await Deno.writeTextFile(join(glue, name), text);
  }
  await Deno.mkdir(bert, { recursive: true });
  await writeFolder(bert, config, randomWeights(config, 2), { fields: { id2label: { 0: "no", 1: "yes" } } });
  await Deno.writeTextFile(join(bert, "vocab.txt"), smokeVocabulary().join("\n") + "\n");
  return { glue, bert };
}

/** A planner for that BERT, as `planner.safetensors` holds it. */
export function soundPlanner(): Map<string, NamedValues> {
  const { numLayers, hiddenSize } = config;
  const tensors = new Map<string, NamedValues>();
  for (let layer = 0; layer < numLayers; layer++) {
    tensors.set(`planner.${layer}.weight`, { shape: [1, hiddenSize], data: new Float32Array(hiddenSize) });
    tensors.set(`planner.${layer}.bias`, { shape: [1], data: new Float32Array(1) });
  }
  return tensors;
}

/** One short training on those files. */
export function trainOn({ glue, bert }: SoundFiles, task = "sst-2", settings: string[] = []): Command {
  const set = ["epochs=1", "maxLength=32", ...settings].flatMap((setting) => ["--set", setting]);
  return {
    argv: ["train", "--profile", "glue", "--task", task, "--method", "bert", ...set],
    env: { DPB_GLUE_DIR: glue, DPB_BERT_DIR: bert },
  };
}

/** The same with `damage` done to them first. */
export async function trainOnBroken(
  { folder }: Place,
  damage: (files: SoundFiles) => Promise<void>,
  task = "sst-2",
): Promise<Command> {
  const files = await writeSound(folder, task);
  await damage(files);
  return trainOn(files, task);
}
