/**
 * Facts about the machine (for timings) and the build (for provenance). No host name, user name or path leaves
 * this file.
 */
import { createHash } from "node:crypto";
import { cpus, loadavg } from "node:os";
import { InputError } from "../../errors.ts";

const projectRoot = new URL("../../../", import.meta.url);

/** Kind of processor, number of cores, operating system. */
export interface Machine {
  cpu: string;
  cores: number;
  os: string;
}

/** The machine this process runs on. */
export function machine(): Machine {
  const processors = cpus();
  const cpu = (processors[0]?.model ?? "").replace(/\s+/g, " ").trim();
  return {
    cpu: cpu || "unknown",
    cores: navigator.hardwareConcurrency,
    os: `${Deno.build.os} ${Deno.build.arch}`,
  };
}

/**
 * Processor cores that this process may use, two hardware threads of one core counted once where the system says so
 * (Linux), and no more than a container's quota.
 */
export function physicalCores(): number {
  const cores = coresFrom(textOf("/proc/cpuinfo"), textOf("/proc/self/status"));
  return Math.min(cores ?? Infinity, navigator.hardwareConcurrency);
}

/** Distinct cores in Linux's /proc/cpuinfo among those that `Cpus_allowed_list` of `status` names; null if none is told. */
export function coresFrom(cpuinfo: string, status: string): number | null {
  const list = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(status)?.[1].split(",") ?? [];
  const ranges = list.map((range) => range.split("-").map(Number));
  const isAllowed = (cpu: number) =>
    ranges.length === 0 || ranges.some(([first, last = first]) => cpu >= first && cpu <= last);
  const cores = new Set<string>();
  for (const block of cpuinfo.split(/\n\s*\n/)) {
    const field = (name: string) => new RegExp(`^${name}\\s*:\\s*(\\d+)$`, "m").exec(block)?.[1];
    const cpu = field("processor");
    if (cpu === undefined || !isAllowed(Number(cpu))) continue;
    // ARM tells no core ids: there a processor is a core.
    cores.add(`${field("physical id")}/${field("core id") ?? `processor ${cpu}`}`);
  }
  return cores.size || null;
}

/** Versions of Deno, V8 and of every package that deno.json pins, by name. */
export function versions(): Record<string, string> {
  const { imports } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", projectRoot)));
  return { deno: Deno.version.deno, v8: Deno.version.v8, ...packageVersions(imports) };
}

/** `{"x": "npm:x@1.2.3"}` to `{x: "1.2.3"}`; imports without a version are left out. */
export function packageVersions(imports: Record<string, string>): Record<string, string> {
  const pinned = Object.values(imports).map((address) => /^npm:(.+)@([^@/]+)$/.exec(address));
  return Object.fromEntries(
    pinned.filter((match) => match !== null).map(([, name, version]) => [name, version]),
  );
}

/** Load average over the last minute, or null on a system that keeps none. */
export function loadAverage(): number | null {
  return Deno.build.os === "windows" ? null : Math.round(loadavg()[0] * 100) / 100;
}

/**
 * Most memory this process has held so far, in MB of 10^6 bytes: VmHWM on Linux; elsewhere the memory held now, a
 * lower bound.
 */
export function peakMemoryMb(): number {
  return Math.round((peakFromStatus(textOf("/proc/self/status")) ?? Deno.memoryUsage().rss) / 1e6);
}

/** Bytes of the `VmHWM` line of Linux's /proc/self/status, or null. */
export function peakFromStatus(status: string): number | null {
  const match = /^VmHWM:\s*(\d+) kB$/m.exec(status);
  return match ? Number(match[1]) * 1024 : null;
}

/** A file of Linux's kernel; empty on another system, or where this kernel has no such file. */
function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** Bytes of memory that can still be had: of the machine, or of the container's limit if that is less. */
export function availableMemory(): number {
  const left = (folder: string, limit: string, used: string) =>
    leftOfLimit(textOf(`${folder}/${limit}`), textOf(`${folder}/${used}`), textOf(`${folder}/memory.stat`));
  return Math.min(
    Deno.systemMemoryInfo().available,
    left("/sys/fs/cgroup", "memory.max", "memory.current"),
    left("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
  );
}

/**
 * What a container's limit leaves above the use, each as the kernel's files write them; Infinity where there is no
 * limit. File pages that nobody has touched lately (`stat`) count as used there, but give way.
 */
export function leftOfLimit(limit: string, used: string, stat: string): number {
  if (!/^\d+\s*$/.test(limit)) return Infinity;
  const givesWay = Number(/^(?:total_)?inactive_file (\d+)$/m.exec(stat)?.[1] ?? 0);
  return Math.max(0, Number(limit) - Number(used) + givesWay);
}

/**
 * SHA-256 over what computes under `folder` (default: lib): the TypeScript sources without their tests, and the built
 * kernels; names relative to it and contents, in the order of the names. Throws `InputError` if there are none.
 */
export async function libHash(folder: URL = new URL("lib/", projectRoot)): Promise<string> {
  const names = (await sources(folder, "")).sort();
  if (names.length === 0) {
    throw new InputError(`Found no TypeScript sources for the build's hash; expected lib/*.ts.`);
  }
  const hash = createHash("sha256");
  for (const name of names) {
    hash.update(`${name}\0`).update(await contentOf(new URL(name, folder))).update("\0");
  }
  return hash.digest("hex");
}

async function contentOf(file: URL): Promise<string | Uint8Array> {
  if (file.pathname.endsWith(".wasm")) return await Deno.readFile(file);
  // Line ends differ between checkouts of the same commit.
  return (await Deno.readTextFile(file)).replaceAll("\r\n", "\n");
}

async function sources(folder: URL, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(new URL(prefix, folder))) {
    const name = prefix + entry.name;
    if (entry.isDirectory) found.push(...await sources(folder, `${name}/`));
    else if (/(?<!_test)\.ts$|\.wasm$/.test(name)) found.push(name);
  }
  return found;
}

/** The commit checked out in `folder` (default: this project), or null if it is not the top of a git checkout. */
export async function commit(folder: URL = projectRoot): Promise<string | null> {
  try {
    const git = new Deno.Command("git", {
      args: ["rev-parse", "HEAD", "--show-prefix"],
      cwd: folder,
      stderr: "null",
    });
    const { success, stdout } = await git.output();
    const [head, prefix] = new TextDecoder().decode(stdout).split("\n");
    return success && prefix === "" && /^[0-9a-f]{40,64}$/.test(head) ? head : null;
  } catch {
    return null; // no git on this machine
  }
}
