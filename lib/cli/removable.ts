/**
 * What can be deleted because it can be had again: caches, downloads, weights of finished runs, own results, Jupyter.
 * Never what the repository holds, nor what a running process has locked.
 */
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { profiles } from "../config.ts";
import { openLocked } from "../files/locked_file.ts";
import { ignoreMissing } from "../files/missing.ts";
import { isOutdated } from "../runs/unfinished/resume_state.ts";
import { readRecords, runPaths } from "../runs/records/store.ts";

/** What `clean --what` names, and what the lines of each are. */
export const kinds = {
  caches: "generated rows and measured choices",
  downloads: "weights, data and libraries that were fetched",
  checkpoints: "trained weights of finished runs; their records stay",
  local: "all results of your own runs",
  jupyter: "the project's JupyterLab",
};

export type Kind = keyof typeof kinds;

/** One thing that could go. */
export interface Removable {
  kind: Kind;
  path: string;
  bytes: number;
  /** What brings it back. */
  again: string;
  /** Why it stays, or null. */
  kept: string | null;
}

/** Where to look. */
export interface Places {
  /** The project's folder. */
  root: string;
  /** Root of the own results (`DPB_RESULTS`). */
  results: string;
}

type Found = Omit<Removable, "bytes" | "kept"> & { kept?: string };

const searches: Record<Kind, (places: Places) => Promise<Found[]>> = {
  caches: ({ root }) => cacheEntries(root, (name) => !Object.hasOwn(downloads, name)),
  downloads: ({ root }) => cacheEntries(root, (name) => Object.hasOwn(downloads, name)),
  checkpoints: finishedCheckpoints,
  local: ({ root }) =>
    Promise.resolve([
      { kind: "local", path: join(root, "results", "local"), again: "comes back by training again" },
    ]),
  jupyter: ({ root }) =>
    Promise.resolve([
      {
        kind: "jupyter",
        path: join(root, ".venv-jupyter"),
        again: "comes back with `deno task setup --jupyter`",
      },
      { kind: "jupyter", path: join(root, ".jupyter"), again: "comes back by itself when JupyterLab starts" },
    ]),
};

/** What lies in data/.cache and was fetched, and what brings it back. */
const downloads: Record<string, string> = {
  weights: "comes back with `deno task setup --weights minilm`",
  glue: "comes back with `deno task setup --glue all` (or the tasks' names)",
  blas: "comes back with `deno task setup --blas`",
};

async function cacheEntries(root: string, wanted: (name: string) => boolean): Promise<Found[]> {
  const folder = join(root, "data", ".cache");
  const names = (await entries(folder)).filter((name) => wanted(shown(name))).sort();
  return [...new Set(names.map(shown))].map((name) => ({
    kind: Object.hasOwn(downloads, name) ? "downloads" : "caches",
    path: join(folder, name),
    again: downloads[name] ?? "comes back by itself in seconds",
  }));
}

async function finishedCheckpoints({ root, results }: Places): Promise<Found[]> {
  const roots = new Set([join(root, "results"), join(root, "results", "local"), resolve(results)]);
  const found: Found[] = [];
  for (const folder of roots) {
    for (const profile of profiles) {
      const records = await readRecords(folder, profile).catch((error: Error) => error.message);
      if (typeof records === "string") {
        const path = join(folder, profile, "checkpoints");
        found.push({
          kind: "checkpoints",
          path,
          again: "",
          kept: `which runs are finished is unknown: ${records}`,
        });
        continue;
      }
      for (const record of records) {
        const path = runPaths(folder, record).checkpoint;
        if (await isOutdated(path)) continue; // it is being trained again, and goes on from here
        found.push({ kind: "checkpoints", path, again: "comes back by training the run again (`--fresh`)" });
      }
    }
  }
  return found;
}

/** What there is of `wanted`, with sizes; what lies in a folder that is found too counts once, where it has a line. */
export async function findRemovable(wanted: readonly Kind[], places: Places): Promise<Removable[]> {
  const found: Removable[] = [];
  for (const kind of wanted) {
    for (const item of await searches[kind](places)) {
      if (!await exists(item.path) && !await exists(doomed(item.path))) continue;
      found.push({ ...item, ...await looked(item, places.root) });
    }
  }
  return found.map((item) => {
    const inside = found.filter(({ path }) => path.startsWith(item.path + sep));
    return { ...item, bytes: inside.reduce((rest, { bytes }) => rest - bytes, item.bytes) };
  });
}

async function looked(item: Found, root: string): Promise<Pick<Removable, "bytes" | "kept">> {
  try {
    const bytes = await size(item.path) + await size(doomed(item.path));
    return { bytes, kept: item.kept ?? await reasonToKeep(item, root) };
  } catch (error) {
    return { bytes: 0, kept: `it cannot be read (${(error as Error).message})` };
  }
}

/** Deletes `item` unless it is to be kept by now. Returns the reason if it stays. */
export async function remove(item: Removable, { root }: Places): Promise<string | null> {
  const locks = await takeLocks(item, { create: true });
  if (!locks) return inUse;
  try {
    if (await holdsTracked(root, item.path)) return tracked;
    // Under another name first: a folder that is half deleted must not pass for a whole one.
    await Deno.remove(doomed(item.path), { recursive: true }).catch(ignoreMissing);
    await Deno.rename(item.path, doomed(item.path)).catch(ignoreMissing);
    await Deno.remove(doomed(item.path), { recursive: true }).catch(ignoreMissing);
    if (item.kind === "checkpoints") await Deno.remove(lockFile(item.path)).catch(() => {});
    return null;
  } finally {
    for (const lock of locks) lock.close();
  }
}

const inUse = "a process is working with it", tracked = "the repository holds files of it";
const doomed = (path: string) => `${path}.deleted`;
const shown = (name: string) => name.replace(/\.deleted$/, "");
const lockFile = (path: string) => `${path}.lock`;

async function reasonToKeep(item: Found, root: string): Promise<string | null> {
  const locks = await takeLocks(item, { create: false });
  for (const lock of locks ?? []) lock.close();
  if (!locks) return inUse;
  return await holdsTracked(root, item.path) ? tracked : null;
}

/**
 * The locks of the processes that could be working with `item`, ours until they are closed; null if one is taken. A run
 * may need the weights of another one of its task, so those go by the locks of all of them.
 */
async function takeLocks(
  { kind, path }: Pick<Found, "kind" | "path">,
  { create }: { create: boolean },
): Promise<Deno.FsFile[] | null> {
  const isLock = (name: string) => /\.(lock|part|tmp)$/.test(name);
  const files = new Set(await paths(path, isLock));
  if (kind === "checkpoints") {
    if (create) files.add(lockFile(path));
    for (const name of await entries(dirname(path))) if (isLock(name)) files.add(join(dirname(path), name));
  }
  const locks: Deno.FsFile[] = [];
  for (const file of files) {
    const lock = await openLocked(file);
    if (lock) locks.push(lock);
    else {
      for (const taken of locks) taken.close();
      return null;
    }
  }
  return locks;
}

/** Whether git tracks anything in `path`; false without git or outside a checkout. */
async function holdsTracked(root: string, path: string): Promise<boolean> {
  const place = relative(root, path);
  if (place.startsWith("..")) return false;
  try {
    const { stdout } = await new Deno.Command("git", {
      args: ["ls-files", "--", place],
      cwd: root,
      stderr: "null",
    })
      .output();
    return stdout.length > 0;
  } catch {
    return false;
  }
}

/** Files below `folder` (or `folder` itself, if it is a file) whose name is `wanted`; links are not followed. */
async function paths(folder: string, wanted: (name: string) => boolean): Promise<string[]> {
  const info = await Deno.lstat(folder).catch(() => null);
  if (!info) return [];
  if (!info.isDirectory) return wanted(basename(folder)) ? [folder] : [];
  const below = await Promise.all((await entries(folder)).map((name) => paths(join(folder, name), wanted)));
  return below.flat();
}

async function entries(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names;
}

/** Bytes of all files below `path`. */
async function size(path: string): Promise<number> {
  const sizes = (await paths(path, () => true)).map(async (file) => (await Deno.lstat(file)).size);
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}

const exists = (path: string) => Deno.lstat(path).then(() => true, () => false);
