/**
 * The resume state of a training stage: one safetensors file with parameters, moments, the best parameters so far,
 * and everything else as JSON in its metadata. Written under a temporary name and renamed.
 */
import { InputError } from "../errors.ts";
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

/** Puts a snapshot's values back. Throws `InputError` when it lacks a leaf or has another shape. */
export function restore(
  leaves: Leaf[],
  saved: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array | null }>,
) {
  for (const { path, param } of leaves) {
    const entry = saved.get(path);
    if (!entry?.data || entry.shape.join() !== param.shape.join()) {
      throw new InputError(
        `The saved state holds ${
          entry ? `shape [${entry.shape}]` : "nothing"
        } for "${path}", expected [${param.shape}]; delete the checkpoint to start afresh.`,
      );
    }
    setValues(param, entry.data);
  }
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
      throw new InputError(
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
  await writeSafetensors(file, tensors, { progress: JSON.stringify(progress) });
}

function part(tensors: Map<string, { shape: number[]; data: Float32Array | null }>, prefix: string) {
  return new Map(
    [...tensors].filter(([name]) => name.startsWith(prefix)).map((
      [name, value],
    ) => [name.slice(prefix.length), value]),
  );
}

/** Reads `file` back into parameters and moments and returns the rest; null when there is no such file. */
export async function loadCheckpoint(
  file: string,
  leaves: Leaf[],
  optimizer: AdamW,
): Promise<{ best: Snapshot | null; progress: unknown } | null> {
  const exists = await Deno.stat(file).then(() => true, () => false);
  if (!exists) return null;
  const { tensors, metadata } = await readSafetensors(file);
  restore(leaves, part(tensors, parts.param));
  restore(momentLeaves(optimizer, "first"), part(tensors, parts.first));
  restore(momentLeaves(optimizer, "second"), part(tensors, parts.second));
  const best = part(tensors, parts.best) as Snapshot;
  return { best: best.size > 0 ? best : null, progress: JSON.parse(metadata.progress) };
}
