/** Is the committed BERT of the micro profile the one that its record describes? */
import { join } from "node:path";
import { sha256OfFile } from "../files/sha256.ts";
import { microVocabulary } from "../micro/mod.ts";
import { findPretraining } from "../runs/pretraining.ts";
import { caught } from "./record_problems.ts";

const folder = "data/micro";

/** What differs between `<root>/data/micro` and its `pretraining.json`, each problem with its file; nothing without one. */
export async function checkpointProblems(root: string): Promise<string[]> {
  const at = join(root, folder);
  return await caught(async () => {
    const record = await findPretraining(at);
    if (!record) return [];
    const sum = await sha256OfFile(join(at, "model.safetensors")).catch(() => "missing");
    const vocabulary = await Deno.readTextFile(join(at, "vocab.txt")).catch(() => "");
    return [
      ...sum === record.weights.sha256 ? [] : [
        `${folder}/pretraining.json: weights.sha256 is ${record.weights.sha256}, that of model.safetensors is ${sum}; ` +
        advice,
      ],
      ...vocabulary === microVocabulary().join("\n") + "\n"
        ? []
        : [`${folder}/vocab.txt is not the vocabulary of the generators; ${advice}`],
    ];
  });
}

const advice = "restore the folder from git or make it again (deno task pretrain --out data/micro).";
