/**
 * Pre-training as a unit of work: a BERT folder, and beside it the record, curve and timing of how it was made. The
 * record is written last; one that answers the request is returned, and a killed training goes on.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { parameterCount, randomBert, saveBert } from "../bert/mod.ts";
import { writeAtomic } from "../files/atomic.ts";
import { textOrNull } from "../files/missing.ts";
import { sha256OfFile } from "../files/sha256.ts";
import { microVocabulary } from "../micro/mod.ts";
import {
  type Phase,
  phasesOf,
  pretrain,
  pretrainedShape,
  type PretrainOptions,
  type PretrainRecipe,
} from "../pretrain/mod.ts";
import { type Backend, disposeTree, random } from "../tensor/mod.ts";
import { wordPieceFromVocab } from "../text/mod.ts";
import type { Evaluation, StageResult } from "../train/mod.ts";
import { curveOf } from "./finished/conclude.ts";
import { commit, libHash, loadAverage, machine, peakMemoryMb, versions } from "./records/environment.ts";
import { withLock } from "./unfinished/lock.ts";
import { canonicalJson, checked, formatCurve } from "./records/record.ts";
import { arithmeticOf, openFolder, provenanceOf } from "./unfinished/resume_state.ts";
import { mean } from "../mean.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** How a pre-trained model came to be; nothing in it is decided by a clock. */
const recordSchema = z.strictObject({
  schemaVersion: z.literal(1),
  profile: z.literal("micro"),
  seed: z.int().min(0),
  recipe: z.record(z.string(), z.number()),
  recipeHash: z.string(),
  backend: z.enum(["webgpu", "wasm", "cpu"]),
  blas: z.string().nullable(),
  simd: z.enum(["relaxed", "plain"]).optional(),
  /** Of the file in float16. */
  weights: z.strictObject({ parameters: z.int(), sha256 }),
  /** Seen in training, padding not counted; from every fifth step. */
  tokens: z.int(),
  /** By phase: on rows of another seed, shares of right answers times 100; the last is that of the saved weights. */
  evaluations: z.record(z.string(), z.array(z.record(z.string(), z.number())).min(1)),
  provenance: z.strictObject({ commit: z.string().nullable(), libHash: z.string() }),
});

/** See `recordSchema`. */
export type PretrainingRecord = z.infer<typeof recordSchema>;

const recordFile = (folder: string) => join(folder, "pretraining.json");

/** The record in `folder`, or null where none is. Throws `InputError` for one that is broken or cannot be read. */
export async function findPretraining(folder: string): Promise<PretrainingRecord | null> {
  const file = recordFile(folder);
  const text = await textOrNull(file);
  if (text === null) return null;
  const advice = "Delete it and run `deno task pretrain` again.";
  let found: unknown = null;
  try {
    found = JSON.parse(text);
  } catch { /* said by the check below */ }
  return checked(recordSchema, found, file, advice);
}

/** What a pre-training is asked and given. */
export interface PretrainingContext extends Omit<PretrainOptions, "checkpointFile"> {
  backend: Backend;
  /** The BERT folder to write. */
  folder: string;
  seed: number;
  recipe: PretrainRecipe;
  fresh?: boolean;
}

/**
 * Pre-trains micro-GLUE's BERT into `context.folder`, or returns the record of the one there if it answers the request.
 * Throws `InputError` for a folder that cannot be written and a diverged loss; `Stopped` when the user stops it.
 */
export function pretrainMicro(context: PretrainingContext): Promise<PretrainingRecord> {
  const { folder, seed, recipe, fresh } = context;
  const vocabText = microVocabulary().join("\n") + "\n";
  const hash = createHash("sha256").update(canonicalJson({ recipe, seed, vocabText })).digest("hex")
    .slice(0, 16);
  const state = ({ name }: Phase) =>
    join(
      folder,
      `pretraining-${name}-${hash.slice(0, 8)}-${arithmeticOf(context.backend)}.state.safetensors`,
    );
  const begunBy = join(folder, "pretraining-begun-by.json");
  return withLock(join(folder, "pretraining.lock"), async () => {
    await openFolder(folder);
    const removeStates = () =>
      Promise.all([...phasesOf(recipe).map(state), begunBy].map((file) => Deno.remove(file).catch(() => {})));
    const done = fresh ? null : await findPretraining(folder);
    if (done?.recipeHash === hash && done.weights.sha256 === await weightsSum(folder)) return done;
    if (fresh) await removeStates();
    const provenance = await provenanceOf(begunBy, { commit: await commit(), libHash: await libHash() });
    const { record, found } = await trained(context, { vocabText, hash, state, provenance });
    await writeAtomic(join(folder, "pretraining.curve.jsonl"), formatCurve(curveOf(found)));
    await writeAtomic(join(folder, "pretraining.timing.json"), json(timingOf(found)));
    await writeAtomic(recordFile(folder), json(checked(recordSchema, record, recordFile(folder))));
    await removeStates();
    return record;
  }, context);
}

const weightsSum = (folder: string) => sha256OfFile(join(folder, "model.safetensors")).catch(() => null);

interface Begun {
  vocabText: string;
  hash: string;
  state(phase: Phase): string;
  provenance: PretrainingRecord["provenance"];
}

/** Trains and saves the model; the record is the caller's to write. */
async function trained(context: PretrainingContext, { vocabText, hash, state, provenance }: Begun) {
  const { backend, folder, seed, recipe } = context;
  const wordPiece = wordPieceFromVocab(vocabText);
  const config = pretrainedShape(recipe, wordPiece.vocabSize);
  const params = randomBert(config, 1, random(seed, "pretraining"), recipe.deviation);
  try {
    const settings = { ...recipe, phases: phasesOf(recipe) }, options = { ...context, checkpointFile: state };
    const found = await pretrain(backend.ops, config, params, { wordPiece, seed }, settings, options);
    const { classifier: _, ...backbone } = params;
    await saveBert(folder, { config, params: backbone, labels: [] }, vocabText, { dtype: "F16" });
    const { embeddings, rest } = parameterCount(config, 0);
    const record: PretrainingRecord = {
      schemaVersion: 1,
      profile: "micro",
      seed,
      recipe: { ...recipe },
      recipeHash: hash,
      backend: backend.name,
      blas: backend.blas,
      ...(backend.simd ? { simd: backend.simd } : {}),
      weights: { parameters: embeddings + rest, sha256: (await weightsSum(folder))! },
      tokens: settings.phases.reduce((sum, { name, steps }) => sum + tokensSeen(found[name], steps), 0),
      evaluations: Object.fromEntries(
        Object.entries(found).map(([phase, { evaluations }]) => [phase, evaluations.map(scoresOf)]),
      ),
      provenance,
    };
    return { record, found };
  } finally {
    disposeTree(params);
  }
}

function tokensSeen({ curve }: StageResult, steps: number): number {
  return Math.round(mean(curve.map(({ tokens }) => tokens)) * steps);
}

function scoresOf({ eligible: _, score: __, ...scores }: Evaluation): Record<string, number> {
  return Object.fromEntries(
    Object.entries(scores).map(([name, score]) => [name, Number(Number(score).toFixed(2))]),
  );
}

const timingOf = (found: Record<string, StageResult>) => ({
  seconds: Object.fromEntries(
    Object.entries(found).map(([phase, { seconds }]) => [phase, Number(seconds.toFixed(1))]),
  ),
  peakMemoryMb: peakMemoryMb(),
  machine: machine(),
  versions: versions(),
  load: loadAverage(),
});

const json = (value: unknown) => JSON.stringify(value, null, 2) + "\n";
