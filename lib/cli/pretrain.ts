/** `deno task pretrain`: makes micro-GLUE's BERT again, and says whether it is the committed one. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { configWith } from "../config.ts";
import { InputError } from "../errors.ts";
import { microVocabulary } from "../micro/mod.ts";
import { pretrainedShape, pretrainRecipe } from "../pretrain/mod.ts";
import { findPretraining, type PretrainingRecord, pretrainMicro } from "../runs/pretraining.ts";
import { chooseBackend } from "./backend.ts";
import { progressPrinter } from "./progress.ts";
import { stopSignal } from "./stop.ts";
import { parseSeed, parseSettings } from "./train.ts";

const committed = fileURLToPath(new URL("../../data/micro", import.meta.url));
const ownFolder = fileURLToPath(new URL("../../data/.cache/pretrained/micro", import.meta.url));

/** What `--help` prints. */
export const usage =
  `deno task pretrain [--profile micro] [--out FOLDER] [--seed N] [--set KEY=VALUE] [--fresh]
  --profile   only micro has a pre-training of its own
  --out       folder of the model; by default data/.cache/pretrained/micro, to compare with the committed data/micro
  --seed      by default 0
  --set       a setting of the recipe, e.g. steps=200; more than once for more of them
  --fresh     trains again what is there`;

/** What the last evaluation says, in one line. */
export function scoresLine({ evaluations, tokens, weights }: PretrainingRecord): string {
  const { step, masked, replaced, kept, follows } = evaluations.deep.at(-1)!;
  const percent = (share: number) => `${share.toFixed(1)} %`;
  return `${weights.parameters} parameters, ${(tokens / 1e6).toFixed(1)} M tokens, step ${step}: ` +
    `${percent(masked)} of masked words, ${percent(replaced)} of replaced and ${
      percent(kept)
    } of kept words, ` +
    `${percent(follows)} of second sentences right`;
}

/** How `record` compares with the committed model. */
export function comparison(record: PretrainingRecord, reference: PretrainingRecord | null): string {
  if (!reference) return "There is no committed model to compare with.";
  if (record.recipeHash !== reference.recipeHash) {
    return "The committed model was made with another recipe or seed.";
  }
  return record.weights.sha256 === reference.weights.sha256
    ? "The same bytes as the committed model."
    : `Not the same bytes as the committed model (another build, BLAS or processor); that one: ${
      scoresLine(reference)
    }`;
}

/** Trains, then prints scores and comparison. Throws `InputError` for options that are not understood. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: "string", default: "micro" },
      out: { type: "string", default: ownFolder },
      seed: { type: "string", default: "0" },
      set: { type: "string", multiple: true, default: [] },
      fresh: { type: "boolean", default: false },
    },
  });
  if (values.profile !== "micro") {
    throw new InputError(`--profile ${values.profile}: only micro is pre-trained here; expected micro.`);
  }
  const seed = parseSeed(values.seed);
  const recipe = pretrainRecipe(parseSettings(values.set));
  const printer = progressPrinter();
  const shape = {
    config: pretrainedShape(recipe, microVocabulary().length),
    batchSize: 2 * recipe.batchSize,
    tokens: 42, // the mean of a row
    trainEmbeddings: true,
  };
  const record = await pretrainMicro({
    backend: await chooseBackend(configWith({}), shape, printer.note),
    folder: resolve(values.out),
    seed,
    recipe,
    fresh: values.fresh,
    now: () => performance.now(),
    shouldStop: stopSignal().requested,
    onProgress: (progress) => printer.step("micro", progress),
    onNote: printer.note,
  });
  printer.note(scoresLine(record));
  if (resolve(values.out) !== committed) printer.note(comparison(record, await findPretraining(committed)));
  return 0;
}
