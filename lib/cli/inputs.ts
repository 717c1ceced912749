/** What runs read, fetched where it is missing. */
import { obtainWeights, weightsSource } from "../bert/weights.ts";
import type { Config } from "../config.ts";
import type { DownloadWatch } from "../files/download.ts";
import { glueCache, obtainGlue } from "../glue/download.ts";
import { taskById } from "../glue/mod.ts";
import { requireGlueDir } from "../runs/sources/glue.ts";
import { generatesRows } from "../runs/grid/profiles.ts";

/**
 * Sees to it that runs of `profile` on `tasks` have their rows and their backbone. For generated rows there is nothing
 * to fetch. What DPB_GLUE_DIR and DPB_BERT_DIR name is used as it is; the rest is downloaded, the rows into `glueFolder`.
 * Throws `InputError` when something cannot be had.
 */
export async function obtainInputs(
  profile: string,
  tasks: readonly string[],
  config: Config,
  watch: DownloadWatch,
  glueFolder = glueCache,
): Promise<void> {
  if (generatesRows(profile)) return;
  if (config.glueDir) requireGlueDir(config);
  else await obtainGlue(tasks.map(taskById), glueFolder, config, { watch });
  if (!config.bertDir) await obtainWeights(weightsSource("minilm"), config, { watch });
}
