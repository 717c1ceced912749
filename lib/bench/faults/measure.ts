/** Meets every fault by a process, as a user does, and keeps what is worth a page. */
import { fileURLToPath } from "node:url";
import type { Fault } from "./fault.ts";
import { faults } from "./faults.ts";
import { complaints, messageOf } from "./judge.ts";
import { asProcess, meet } from "./run.ts";

/** One fault and what came of it. */
export interface MetFault extends Pick<Fault, "group" | "name"> {
  /** Null when the process did not end or this machine cannot be given the fault. */
  code: number | null;
  /** The error without the places where it happened to lie; null if nothing was said. */
  message: string | null;
  /** What was not as it should be; null where this machine cannot be given the fault. */
  complaints: string[] | null;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * `text` without what differs from machine to machine: the folders before a path, a recipe's hash in a
 * file's name, the port of a server on this machine.
 */
export function placeless(text: string, folder: string): string {
  return text.replaceAll(`${folder}/`, "").replaceAll(folder, ".").replaceAll(root, "")
    .replace(/-[0-9a-f]{12}(-[a-z]+)*/g, "-…")
    .replace(/\b127\.0\.0\.1:\d+/g, "127.0.0.1:…");
}

/** Meets all faults, one after the other; `say` hears of each. */
export async function meetFaults(say: (line: string) => void): Promise<MetFault[]> {
  const met: MetFault[] = [];
  for (const fault of faults) {
    met.push(await metFault(fault));
    const { complaints } = met.at(-1)!;
    say(`[${met.length}/${faults.length}] ${fault.group}: ${fault.name}: ${complaints?.join("; ") || "ok"}`);
  }
  return met;
}

async function metFault(fault: Fault): Promise<MetFault> {
  const { group, name } = fault, outcome = await meet(fault, asProcess);
  if (!outcome) return { group, name, code: null, message: null, complaints: null };
  const { code, said, place: { folder } } = outcome, message = messageOf(said);
  return {
    group,
    name,
    code,
    message: message && placeless(message, folder),
    complaints: complaints(fault, outcome).map((text) => placeless(text, folder)),
  };
}
