/** The glue profile: real GLUE, and a pre-trained BERT. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadBert, readBertConfig } from "../../bert/mod.ts";
import { requireWeights } from "../../bert/weights.ts";
import type { Config } from "../../config.ts";
import { InputError } from "../../errors.ts";
import { sha256OfFile } from "../../files/sha256.ts";
import { glueCache, missingGlueFiles } from "../../glue/download.ts";
import { readSplit, type Task, taskById } from "../../glue/mod.ts";
import { random } from "../../tensor/mod.ts";
import { numOutputs, type Sources } from "./sources.ts";
import { loadVocabulary } from "./vocabulary.ts";

/**
 * The folder of GLUE's files: the one that DPB_GLUE_DIR names, else the project's own (`own`), which `setup --glue` fills.
 * Throws `InputError` when the first is not there or the second lacks files of `task`.
 */
export function requireGlueDir(
  { glueDir }: Pick<Config, "glueDir">,
  task: Task = taskById("mrpc"),
  own = glueCache,
): string {
  const folder = "a folder that holds CoLA, MRPC, ... as GLUE's own download has them";
  if (glueDir) {
    if (existsSync(glueDir)) return glueDir;
    throw new InputError(`DPB_GLUE_DIR names "${glueDir}", which does not exist; expected ${folder}.`);
  }
  const missing = missingGlueFiles(task, own);
  if (missing.length === 0) return own;
  throw new InputError(
    `GLUE's ${task.title} is not there: ${join(own, task.folder)} lacks ${missing.join(", ")}. ` +
      `Run \`deno task setup --glue ${task.id}\`, or set DPB_GLUE_DIR to ${folder}.`,
  );
}

/** GLUE's rows of `task` and the backbone that `config` names. Throws `InputError` for what is not there. */
export async function glueSources(task: Task, config: Config): Promise<Sources> {
  const glueDir = requireGlueDir(config, task);
  const folder = config.bertDir ?? await requireWeights("minilm", config);
  const bertConfig = await readBertConfig(folder);
  return {
    task,
    ...await loadVocabulary(folder, bertConfig),
    config: bertConfig,
    weights: {
      name: config.bertDir ? "custom" : "all-MiniLM-L6-v2",
      sha256: await sha256OfFile(join(folder, "model.safetensors")),
    },
    freshBackbone: async (seed) => (await loadBert(folder, numOutputs(task), random(seed, "head"))).params,
    split: (name) => readSplit(task, glueDir, name),
  };
}
