/** The micro profile: generated micro-GLUE, and the BERT that this project pre-trained for it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BertConfig, loadBert, readBertConfig } from "../../bert/mod.ts";
import type { Config } from "../../config.ts";
import { InputError } from "../../errors.ts";
import { sha256OfFile } from "../../files/sha256.ts";
import { parseSplit, splitFile, type Task } from "../../glue/mod.ts";
import { microFiles, microSeed, microSplits, microVocabulary } from "../../micro/mod.ts";
import { random } from "../../tensor/mod.ts";
import type { WordPiece } from "../../text/mod.ts";
import { numOutputs, type Sources } from "./sources.ts";
import { loadVocabulary } from "./vocabulary.ts";

const ownFolder = fileURLToPath(new URL("../../../data/micro", import.meta.url));

/**
 * Rows of `task`, made anew in memory each time (less than a second, and no file that could be old or half-written),
 * read by GLUE's own reader. The backbone is the committed one, or the folder that DPB_BERT_DIR names. Throws
 * `InputError` when there is none, and when its vocabulary is not that of the rows.
 */
export async function microSources(task: Task, config: Pick<Config, "bertDir">): Promise<Sources> {
  const { folder, bertConfig, wordPiece, vocabText } = await microBackbone(config);
  const made = once(() => {
    const splits = microSplits(task.id, { seed: microSeed });
    return { splits, files: microFiles(task.id, splits) };
  });
  return {
    task,
    wordPiece,
    vocabText,
    config: bertConfig,
    weights: {
      name: config.bertDir ? "custom" : "micro-BERT",
      sha256: await sha256OfFile(join(folder, "model.safetensors")),
    },
    freshBackbone: async (seed) => (await loadBert(folder, numOutputs(task), random(seed, "head"))).params,
    split(name) {
      const spec = splitFile(task, name), file = `${task.folder}/${spec.file}`;
      const bytes = new TextEncoder().encode(made().files[file]);
      return Promise.resolve(parseSplit(task, spec, bytes, file, { expectOfficialCounts: false }));
    },
    answers: (name) => made().splits[name]!.map(({ label }) => label),
  };
}

/** `make`, called when it is first needed. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** The profile's backbone but for its weights. */
export interface MicroBackbone {
  folder: string;
  bertConfig: BertConfig;
  wordPiece: WordPiece;
  vocabText: string;
}

/** Finds the backbone in `own` or where `config` says. Throws `InputError` as `microSources`. */
export async function microBackbone(
  { bertDir }: Pick<Config, "bertDir">,
  own = ownFolder,
): Promise<MicroBackbone> {
  const folder = bertDir ?? own;
  const missing = ["config.json", "vocab.txt", "model.safetensors"].find((name) =>
    !existsSync(join(folder, name))
  );
  if (missing) {
    throw new InputError(
      `${folder} has no ${missing}; expected a BERT that was pre-trained for micro-GLUE. ` +
        (bertDir
          ? "Unset DPB_BERT_DIR to use the project's own."
          : "Make it with `deno task pretrain --out data/micro`."),
    );
  }
  const bertConfig = await readBertConfig(folder);
  const { wordPiece, vocabText } = await loadVocabulary(folder, bertConfig);
  checkVocabulary(folder, wordPiece);
  return { folder, bertConfig, wordPiece, vocabText };
}

/** Another vocabulary would give the rows' words the embeddings of others, or none. */
function checkVocabulary(folder: string, { tokens }: WordPiece): void {
  const expected = microVocabulary(), length = Math.max(tokens.length, expected.length);
  const other = Array.from({ length }, (_, id) => id).find((id) => tokens[id] !== expected[id]);
  if (other === undefined) return;
  const shown = (token: string | undefined) => token === undefined ? "nothing" : `"${token}"`;
  throw new InputError(
    `${folder}: the vocabulary is not micro-GLUE's (token ${other} is ${shown(tokens[other])}, expected ` +
      `${
        shown(expected[other])
      }). Make another with \`deno task pretrain --out DIR\`, and name its folder in DPB_BERT_DIR.`,
  );
}
