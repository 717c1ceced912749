/**
 * The resume state of a training stage: one safetensors file with parameters, moments, the best parameters so far,
 * and everything else as JSON in its metadata, with a checksum over all of it. Written under a temporary name and
 * renamed.
 */
import { createHash } from "node:crypto";
import { Diverged, InputError } from "../errors.ts";
import { type Leaf, readValues, setValues } from "../tensor/mod.ts";
import { type NamedValues, readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";
import type { AdamW } from "./adamw.ts";

/** Parameter values by leaf path, on the JavaScript side. */
export type Snapshot = Map<string, NamedValues>;

/** Copies the values of `leaves`. */
export async function snapshot(leaves: Leaf[]): Promise<Snapshot> {
  const values = await Promise.all(leaves.map(({ param }) => readValues(param)));
  return new Map(leaves.map(({ path, param }, i) => [path, { shape: param.shape, data: values[i] }]));
}

/** Values on their way back into parameters; `data` is null where the file held no floating-point numbers. */
type Stored = ReadonlyMap<string, { shape: readonly number[]; data: Float32Array | null }>;

/** What `saved` lacks for `leaves`, or null if it fits. */
function misfit(leaves: Leaf[], saved: Stored): string | null {
  for (const { path, param } of leaves) {
    const entry = saved.get(path);
    if (!entry?.data || entry.shape.join() !== param.shape.join()) {
      return `${entry ? `shape [${entry.shape}]` : "nothing"} for "${path}", expected [${param.shape}]`;
    }
  }
  return null;
}

/** Puts a snapshot's values back. Throws `InputError` when it lacks a leaf or has another shape, before it changes one. */
export function restore(leaves: Leaf[], saved: Stored) {
  const found = misfit(leaves, saved);
  if (found) throw new InputError(`The saved state holds ${found}; delete the checkpoint to start afresh.`);
  for (const { path, param } of leaves) setValues(param, saved.get(path)!.data!);
}

/** The prefixes that keep the parts of a checkpoint apart in one file. */
const parts = { param: "param/", first: "first/", second: "second/", best: "best/" };

function prefixed(prefix: string, values: Snapshot): [string, NamedValues][] {
  return [...values].map(([path, value]) => [prefix + path, value]);
}

function momentLeaves(optimizer: AdamW, which: "first" | "second"): Leaf[] {
  return [...optimizer.moments].map(([path, moments]) => ({ path, param: moments[which] }));
}

/** A state that is no longer numbers must not take the place of one that is. */
function checkFinite(params: Snapshot): void {
  for (const [path, { data }] of params) {
    const bad = data.find((value) => !Number.isFinite(value));
    if (bad !== undefined) {
      throw new Diverged(
        `The parameter "${path}" holds ${bad}: training has diverged. Lower its learning rate; the checkpoint before is kept.`,
      );
    }
  }
}

/**
 * Writes the state to `file`. `progress` is any JSON value. Throws `InputError` for a parameter that is not finite and
 * when the file cannot be written; the file that was there stays.
 */
export async function saveCheckpoint(
  file: string,
  leaves: Leaf[],
  optimizer: AdamW,
  best: Snapshot | null,
  progress: unknown,
): Promise<void> {
  const params = await snapshot(leaves);
  checkFinite(params);
  const tensors = new Map([
    ...prefixed(parts.param, params),
    ...prefixed(parts.first, await snapshot(momentLeaves(optimizer, "first"))),
    ...prefixed(parts.second, await snapshot(momentLeaves(optimizer, "second"))),
    ...prefixed(parts.best, best ?? new Map()),
  ]);
  const text = JSON.stringify(progress);
  await writeSafetensors(file, tensors, { progress: text, sha256: checksum(tensors, text) });
}

/** Over names, shapes and values in the order of the names, and the progress. */
function checksum(tensors: Stored, progress: string): string {
  const hash = createHash("sha256");
  for (const name of [...tensors.keys()].sort()) {
    const { shape, data } = tensors.get(name)!;
    hash.update(`${name}\0${shape}\0`);
    if (data) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.update(progress).digest("hex");
}

function part(tensors: Stored, prefix: string): Stored {
  return new Map(
    [...tensors].filter(([name]) => name.startsWith(prefix)).map((
      [name, value],
    ) => [name.slice(prefix.length), value]),
  );
}

/** What a checkpoint gives back, or why it cannot. */
export type LoadedCheckpoint = { best: Snapshot | null; progress: unknown } | { unusable: string };

/**
 * Reads `file` back into parameters and moments and returns the rest; null when there is no such file. A file that is
 * damaged or of other parameters changes nothing and is `unusable`, with a sentence that says why: a power cut on a
 * disk that reorders its writes can leave such a one. Throws `InputError` when the file may not be read.
 */
export async function loadCheckpoint(
  file: string,
  leaves: Leaf[],
  optimizer: AdamW,
): Promise<LoadedCheckpoint | null> {
  if (!await isThere(file)) return null;
  const read = await readSafetensors(file).catch((error) => {
    if (error instanceof InputError) return error.message;
    throw error;
  });
  if (typeof read === "string") return { unusable: read };
  const { tensors, metadata: { progress = "", sha256 = "" } } = read;
  if (checksum(tensors, progress) !== sha256) {
    return { unusable: `${file} is damaged: its checksum does not fit its content.` };
  }
  const [first, second] = [momentLeaves(optimizer, "first"), momentLeaves(optimizer, "second")];
  const best = part(tensors, parts.best);
  const wanted: [Leaf[], Stored][] = [
    [leaves, part(tensors, parts.param)],
    [first, part(tensors, parts.first)],
    [second, part(tensors, parts.second)],
  ];
  const wrong = [...wanted, ...(best.size > 0 ? [[leaves, best] as const] : [])]
    .map(([expected, saved]) => misfit(expected, saved)).find((found) => found !== null);
  if (wrong) return { unusable: `${file} holds ${wrong}.` };
  for (const [expected, saved] of wanted) restore(expected, saved);
  return { best: best.size > 0 ? best as Snapshot : null, progress: JSON.parse(progress) };
}

async function isThere(file: string): Promise<boolean> {
  try {
    (await Deno.open(file)).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new InputError(`Cannot read ${file} (${(error as Error).message}). Make it readable or delete it.`);
  }
}
