/** What lies in a results folder after a kill: whether every file under its own name is whole, and whose bytes it has. */
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseCurve, parsePredictions, parseRunRecord, parseTimingRecord } from "../runs/records/record.ts";
import { readSafetensors } from "../tensor/safetensors.ts";

/** Contents by path below the folder; a letter (Latin-1) is a byte. */
export type Files = Map<string, string>;

/** Every file under `folder`. */
export function filesUnder(folder: string, prefix = ""): Files {
  const files: Files = new Map();
  for (const { name, isDirectory } of Deno.readDirSync(join(folder, prefix))) {
    const path = `${prefix}${name}`;
    if (isDirectory) { for (const [inner, bytes] of filesUnder(folder, `${path}/`)) files.set(inner, bytes); }
    else files.set(path, readFileSync(join(folder, path), "latin1"));
  }
  return files;
}

/** Names that a killed writer leaves; nobody reads them. */
export const isTemporary = (path: string) => path.endsWith(".tmp");
const isLock = (path: string) => path.endsWith(".lock");
const isTiming = (path: string) => path.includes("/timings/");
export const isRecord = (path: string) => path.includes("/runs/") && !isTemporary(path);

/** The files under a final name that cannot be read as what they are, each with the reason. */
export async function brokenFiles(folder: string, files: Files): Promise<string[]> {
  const broken: string[] = [];
  for (const [path, text] of files) {
    if (isTemporary(path) || isLock(path)) continue;
    try {
      await readWhole(join(folder, path), text);
    } catch (error) {
      broken.push(`${path}: ${(error as Error).message}`);
    }
  }
  return broken;
}

async function readWhole(path: string, text: string): Promise<void> {
  if (path.endsWith(".safetensors")) await readSafetensors(path);
  else if (isRecord(path)) parseRunRecord(text, path);
  else if (isTiming(path)) parseTimingRecord(text, path);
  else if (path.endsWith(".json")) JSON.parse(text);
  else {
    if (!text.endsWith("\n")) throw new Error("its last line does not end");
    if (path.endsWith(".tsv")) parsePredictions(text, path);
    if (path.endsWith(".jsonl")) parseCurve(text, path);
  }
}

/** The files of one run: its name is followed by a dot or a slash, never by a letter. */
export const ofRun = (files: Files, run: string): Files =>
  new Map([...files].filter(([path]) => path.includes(`/${run}.`) || path.includes(`/${run}/`)));

/** What depends on a clock: timings, and what is rendered from them. */
const isMeasured = (path: string) => /\/(timings|tables|figures|notebooks)\//.test(path);

/** The paths that are in one of the two only or, unless a clock decides, have other bytes. */
export function differingPaths(files: Files, other: Files): string[] {
  const paths = new Set([...files.keys(), ...other.keys()]);
  return [...paths].filter((path) =>
    !files.has(path) || !other.has(path) || (!isMeasured(path) && files.get(path) !== other.get(path))
  );
}

/**
 * The results of an undisturbed run as an earlier training with other numbers would have left them: same names, sound
 * contents, other bytes in record, predictions and curve.
 */
export function agedResults(files: Files): Files {
  const aged = (path: string, text: string) => {
    if (isRecord(path)) return text.replace(/"libHash": "/, '"libHash": "earlier-');
    const last = text.trimEnd().split("\n").at(-1)!;
    return /\.(tsv|jsonl)$/.test(path) ? `${text}${last}\n` : text;
  };
  return new Map([...files].map(([path, text]) => [path, aged(path, text)]));
}

/** Writes `files` under `folder`. */
export async function layDown(folder: string, files: Files): Promise<void> {
  for (const [path, text] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, "latin1");
  }
}
