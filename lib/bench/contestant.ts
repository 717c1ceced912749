/**
 * A contestant of a benchmark: a child process that does a number of rounds when told to and answers with their
 * milliseconds, one line of JSON each way. Ours and the peers speak the same way, so that neither has the warmer cache.
 */
import { InputError } from "../errors.ts";
import { peakFromStatus } from "../runs/records/environment.ts";

/** A running contestant. */
export interface Contestant {
  name: string;
  /** What it said of itself when it was ready: versions, backend, BLAS. */
  about: Record<string, unknown>;
  /** Milliseconds of each of `count` rounds. */
  rounds(count: number): Promise<number[]>;
  /** Most memory the process has held so far (MB of 10^6 bytes); null where the system does not say. */
  peakMemoryMb(): number | null;
  close(): Promise<void>;
}

/** How to start one. */
export interface ContestantSpec {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string>;
}

/** Starts a contestant and waits for its first line. Throws `InputError` with its last words if it dies. */
export async function startContestant({ name, command, args, env }: ContestantSpec): Promise<Contestant> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(command, { args, env, stdin: "piped", stdout: "piped", stderr: "piped" })
      .spawn();
  } catch (error) {
    throw new InputError(`${name} does not start: ${(error as Error).message}.`);
  }
  const writer = child.stdin.getWriter(), stderr = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const line = async (): Promise<Record<string, unknown>> => {
    while (!rest.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) {
        const said = (await stderr).trim().split("\n").at(-1);
        throw new InputError(`${name} ended before it had answered: ${said || "it gave no reason"}.`);
      }
      rest += value;
    }
    const end = rest.indexOf("\n"), text = rest.slice(0, end);
    rest = rest.slice(end + 1);
    return JSON.parse(text);
  };
  const about = await line();
  return {
    name,
    about,
    async rounds(count) {
      await writer.write(new TextEncoder().encode(`${JSON.stringify({ steps: count })}\n`));
      return (await line()).ms as number[];
    },
    peakMemoryMb: () => peakOf(child.pid),
    async close() {
      await writer.close().catch(() => {});
      await reader.cancel().catch(() => {});
      await child.status;
      await stderr;
    },
  };
}

function peakOf(pid: number): number | null {
  try {
    const bytes = peakFromStatus(Deno.readTextFileSync(`/proc/${pid}/status`));
    return bytes === null ? null : Math.round(bytes / 1e6);
  } catch {
    return null;
  }
}

/** What `alternate` measured of one contestant. */
export interface Measured {
  name: string;
  about: Record<string, unknown>;
  medianMs: number;
  /** Smallest and largest median of a block. */
  blockMedianMs: [number, number];
  rounds: number;
  peakMemoryMb: number | null;
}

/** Median of `values`; the upper one of the two in the middle. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/**
 * Blocks of `rounds` in turn (A B A B ...), so that a busy minute hits all; the first block of each warms up and does
 * not count.
 */
export async function alternate(
  contestants: Contestant[],
  blocks: number,
  rounds: number,
): Promise<Measured[]> {
  return await inBlocks(contestants, blocks, async () => {
    const all: number[][] = [];
    for (const contestant of contestants) all.push(await contestant.rounds(rounds));
    return all;
  });
}

/** All contestants at once, `blocks` times: what a machine does with several runs. Milliseconds per contestant. */
export async function together(
  contestants: Contestant[],
  blocks: number,
  rounds: number,
): Promise<Measured[]> {
  return await inBlocks(
    contestants,
    blocks,
    () => Promise.all(contestants.map((contestant) => contestant.rounds(rounds))),
  );
}

/** `block` gives the milliseconds of each contestant's rounds; its first time does not count. */
async function inBlocks(
  contestants: Contestant[],
  blocks: number,
  block: () => Promise<number[][]>,
): Promise<Measured[]> {
  await block();
  const times: number[][][] = contestants.map(() => []);
  for (let done = 0; done < blocks; done++) (await block()).forEach((ms, at) => times[at].push(ms));
  return contestants.map((contestant, at) => measured(contestant, times[at]));
}

function measured({ name, about, peakMemoryMb }: Contestant, blocks: number[][]): Measured {
  const medians = blocks.map(median), all = blocks.flat();
  return {
    name,
    about,
    medianMs: Number(median(all).toFixed(3)),
    blockMedianMs: [Number(Math.min(...medians).toFixed(3)), Number(Math.max(...medians).toFixed(3))],
    rounds: all.length,
    peakMemoryMb: peakMemoryMb(),
  };
}
