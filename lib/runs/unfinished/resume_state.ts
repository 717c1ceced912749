/**
 * What an unfinished run keeps in its checkpoint folder beside the model: how far each stage and the final evaluation
 * are, and whether the record of the same name still counts. Touched by the holder of the run's lock only.
 */
import { join } from "node:path";
import { sweepTemporaries, writeAtomic } from "../../files/atomic.ts";
import { textOrNull } from "../../files/missing.ts";
import { InputError } from "../../errors.ts";
import type { Backend } from "../../tensor/mod.ts";
import type { RunRecord } from "../records/record.ts";
import { keyOf, type RunRequest } from "../grid/grid.ts";
import { type LockOptions, withLock } from "./lock.ts";
import { checkpointFolder, lockFile, type Run } from "./run.ts";
import { hasRecord } from "../records/store.ts";

/**
 * The file of a part (`stage1`, `evaluation`, `begun-by`) of a run. Named by the recipe's hash and the backend as
 * well: what another recipe, other rows or weights, or another backend's arithmetic left is not continued.
 */
export function stateFile(
  { request, context, hash }: Pick<Run, "request" | "context" | "hash">,
  part: string,
  extension: string,
): string {
  const built = `${hash.slice(0, 12)}-${arithmeticOf(context.backend)}`;
  return join(checkpointFolder(context.results, request), `${part}-${built}.${extension}`);
}

/** How a backend computes, as part of a file's name. */
export function arithmeticOf({ name, blas, simd }: Pick<Backend, "name" | "blas" | "simd">): string {
  return [name, blas?.replaceAll(/[^\w.+-]/g, "_"), simd].filter((part) => part != null).join("-");
}

/** What `stateFile` names: a part, the first digits of a hash, and how the backend computes. */
const statePattern = /^[a-z][\w-]*-[0-9a-f]{12}-.+\.(safetensors|json)$/;

/** Makes `folder` and removes what killed writers left half-written. Throws `InputError` where it cannot be made. */
export async function openFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    await sweepTemporaries(folder);
  } catch (error) {
    throw new InputError(
      `Cannot use the folder ${folder} (${
        (error as Error).message
      }). Make it writable or choose another one.`,
    );
  }
}

const mark = (folder: string) => join(folder, "record-is-outdated");

/**
 * Says that the run's record is being replaced (`--fresh`, another recipe): until it is, its files may be of two
 * trainings, so a killed run goes on training and does not take the old record for its own.
 */
export async function markOutdated(folder: string): Promise<void> {
  await writeAtomic(
    mark(folder),
    "The record of this run is being replaced; training it goes on from here.\n",
  );
}

/** Whether `markOutdated` was called and the new record is not written yet. */
export async function isOutdated(folder: string): Promise<boolean> {
  return await Deno.stat(mark(folder)).then(() => true, () => false);
}

/**
 * The provenance of a run that goes on under the code `now`; `file` keeps what it began under. With stages of earlier
 * code, `libHash` names all of it, in order and joined by "+", and there is no one commit. Throws `InputError` for a file
 * that cannot be read: what the run began under would be forgotten.
 */
export async function provenanceOf(
  file: string,
  now: RunRecord["provenance"],
): Promise<RunRecord["provenance"]> {
  const earlier = hashesIn(await textOrNull(file) ?? "[]", file);
  const all = [...new Set([...earlier, now.libHash])];
  if (all.length > earlier.length) await writeAtomic(file, JSON.stringify(all) + "\n");
  return all.length === 1 ? now : { commit: null, libHash: all.join("+") };
}

function hashesIn(text: string, file: string): string[] {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${file} is not complete JSON; the same command with --fresh trains the run anew.`);
  }
}

/** Whether anything lies in `folder` that belongs to a run that is not over: the mark, or how far a stage is. */
export async function hasStates(folder: string): Promise<boolean> {
  if (await isOutdated(folder)) return true;
  try {
    for await (const { name } of Deno.readDir(folder)) if (statePattern.test(name)) return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return false;
}

/** Removes how far the stages are, of any recipe. */
export async function removeStates(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (statePattern.test(name)) await Deno.remove(join(folder, name));
  }
}

/**
 * Forgets what is saved of a run and says that a record of it, if there is one, is being replaced: who trains it next
 * begins it anew. Throws like `withLock` and `openFolder`.
 */
export async function beginAfresh(results: string, request: RunRequest, options: LockOptions): Promise<void> {
  const folder = checkpointFolder(results, request);
  await withLock(lockFile(results, request), async () => {
    await openFolder(folder);
    if (await hasRecord(results, keyOf(request))) await markOutdated(folder);
    await removeStates(folder);
  }, options);
}

/** Once the record is written: first the mark, since without stages it would mean to train everything again. */
export async function finishStates(folder: string): Promise<void> {
  await Deno.remove(mark(folder)).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await removeStates(folder);
}
