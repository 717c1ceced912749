/** Machines that lack room, rights, a network or a GPU. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { webgpuAdapter } from "../../tensor/mod.ts";
import type { Fault } from "./fault.ts";
import { ownProject } from "../own_project.ts";

const train = ["train", "--profile", "smoke", "--task", "sst-2", "--method", "bert"];

/** A reproduction on real GLUE where nothing was downloaded before. */
function withoutCaches(name: string, env: Record<string, string>, ...expects: RegExp[]): Fault {
  return {
    group: "environment",
    name,
    processOnly: "needs a project without caches",
    async make({ folder }) {
      const { entry } = await ownProject(folder);
      return { argv: ["reproduce", "--profile", "glue", "--tasks", "sst-2"], env, process: { entry } };
    },
    expects,
  };
}

/** Whether this system lets an ordinary user mount things of his own. */
async function canMount(): Promise<boolean> {
  const command = new Deno.Command("unshare", {
    args: [...ownMounts.slice(1), "true"],
    stdout: "null",
    stderr: "null",
  });
  return await command.output().then(({ success }) => success, () => false);
}

const ownMounts = ["unshare", "--user", "--map-root-user", "--mount"];

/** `command` where `mount` was done before; what is in the results is copied to `left` before the mount goes. */
const mounted = (mount: string, results: string, left: string) => (command: string[]) => [
  ...ownMounts,
  "bash",
  "-c",
  `${mount} && { "\${@:3}"; code=$?; cp -r "$1/." "$2"; exit $code; }`,
  "bash",
  results,
  left,
  ...command,
];

/** Results on a file system of their own, made by `mount` ("$1" is the folder). */
function onFileSystem(name: string, mount: string, ...expects: RegExp[]): Fault {
  return {
    group: "environment",
    name,
    processOnly: "needs a file system of its own",
    async make({ folder, results }) {
      if (!await canMount()) return null;
      const left = join(folder, "left");
      for (const made of [results, left]) await Deno.mkdir(made);
      return { argv: train, process: { wrapped: mounted(mount, results, left) } };
    },
    expects,
  };
}

/** `command` where no file may grow beyond 8 KB, and trying is an error, not the end of the process. */
const limited = (command: string[]) => [
  "bash",
  "-c",
  'trap "" XFSZ; ulimit -f 8; exec "$@"',
  "bash",
  ...command,
];

const gpuThief = fileURLToPath(new URL("lose_gpu.ts", import.meta.url));

/** Faults of the environment that a machine has. */
export const machineFaults: Fault[] = [
  withoutCaches(
    "no GLUE files and no network allowed",
    { DPB_OFFLINE: "1" },
    /DPB_OFFLINE=1.*SST-2.*DPB_GLUE_DIR/,
  ),
  withoutCaches(
    "a mirror that does not answer",
    { DPB_MIRROR: "http://127.0.0.1:50009" },
    /127\.0\.0\.1:50009/,
  ),
  {
    group: "environment",
    name: "no folder for temporary files",
    processOnly: "a notebook's kernel needs one, after a training",
    make: () => ({
      argv: ["reproduce", "--profile", "smoke", "--tasks", "sst-2", "--seeds", "0,", "--methods", "bert"],
      env: { TMPDIR: "/no/tmp", TMP: "/no/tmp", TEMP: "/no/tmp" },
    }),
    expects: [/temporary folder .*TMPDIR/],
    leaves: /^results[/\\]smoke[/\\](?!.*(\.tmp|\.part|\.lock)$)/,
  },
  {
    group: "environment",
    name: "a file in the place of the results",
    async make({ results }) {
      await Deno.writeTextFile(results, "");
      return { argv: train };
    },
    expects: [/Cannot (lock|write) .*results/],
  },
  {
    group: "environment",
    name: "no room for a file beyond 8 KB",
    processOnly: "the limit is a process's",
    make: () => Deno.build.os === "windows" ? null : { argv: train, process: { wrapped: limited } },
    expects: [/Cannot write .*too large.*Free some space/i],
  },
  onFileSystem(
    "a full disk",
    'mount -t tmpfs -o size=64k tmpfs "$1"',
    /Cannot write .*No space left.*Free some space/,
  ),
  onFileSystem(
    "results that may only be read",
    'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"',
    /Cannot (lock|write) .*read-only/i,
  ),
  {
    group: "environment",
    name: "a backend that is not there",
    processOnly: "drivers are found once in a process",
    make: () => ({
      argv: train,
      // An interface to drivers that this system does not have.
      env: { DPB_BACKEND: "webgpu", DENO_WEBGPU_BACKEND: Deno.build.os === "darwin" ? "dx12" : "metal" },
    }),
    expects: [/No WebGPU adapter/],
  },
  {
    group: "environment",
    name: "a GPU that is lost in the middle",
    processOnly: "it takes the process's GPU away",
    async make() {
      if (!await webgpuAdapter()) return null;
      return {
        argv: train,
        env: { DPB_BACKEND: "webgpu" },
        process: { options: ["--preload", gpuThief] },
      };
    },
    expects: [/GPU was lost|GPU failed/],
  },
];
