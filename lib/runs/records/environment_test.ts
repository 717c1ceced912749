import assert from "node:assert/strict";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError } from "../../errors.ts";
import {
  commit,
  coresFrom,
  leftOfLimit,
  libHash,
  loadAverage,
  machine,
  packageVersions,
  peakFromStatus,
  peakMemoryMb,
  physicalCores,
  versions,
} from "./environment.ts";

/** Runs `body` with a fresh folder, removed afterwards. */
async function inFolder(body: (path: string, address: URL) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder, pathToFileURL(folder + "/"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("machine names processor, cores and system, and neither host nor user", () => {
  const found = machine();
  assert(found.cpu.length > 0);
  assert(found.cores >= 1);
  assert.equal(found.os, `${Deno.build.os} ${Deno.build.arch}`);
  const words = JSON.stringify(found).split(/[^\w-]+/);
  for (const secret of [hostname(), userInfo().username]) assert(!words.includes(secret));
});

Deno.test("versions lists Deno and the pinned packages", () => {
  const found = versions();
  assert.equal(found.deno, Deno.version.deno);
  assert.match(found["@tensorflow/tfjs"], /^\d+\.\d+\.\d+$/);
});

Deno.test("packageVersions keeps scoped names and leaves out aliases of folders", () => {
  const imports = { "lib/": "./lib/", zod: "npm:zod@4.6.7", t: "npm:@scope/tool@1.0.0-rc.1" };
  assert.deepEqual(packageVersions(imports), { zod: "4.6.7", "@scope/tool": "1.0.0-rc.1" });
});

Deno.test("peakFromStatus reads kilobytes, or null without the line", () => {
  assert.equal(peakFromStatus("Name:\tdeno\nVmHWM:\t    2000 kB\nVmRSS:\t 10 kB\n"), 2_048_000);
  assert.equal(peakFromStatus(""), null);
});

Deno.test("peakMemoryMb and loadAverage are plain numbers", () => {
  assert(peakMemoryMb() > 1);
  const load = loadAverage();
  assert(load === null || load >= 0);
});

Deno.test("libHash sees names and contents, not tests, other files or line ends", () =>
  inFolder(async (path, address) => {
    await assert.rejects(libHash(address), InputError);
    await Deno.mkdir(join(path, "room"));
    await Deno.writeTextFile(join(path, "a.ts"), "1\n2\n");
    await Deno.writeTextFile(join(path, "room", "b.ts"), "3\n");
    const hash = await libHash(address);
    assert.match(hash, /^[0-9a-f]{64}$/);
    await Deno.writeTextFile(join(path, "a_test.ts"), "x");
    await Deno.writeTextFile(join(path, "notes.md"), "x");
    await Deno.writeTextFile(join(path, "a.ts"), "1\r\n2\r\n");
    assert.equal(await libHash(address), hash);
    await Deno.rename(join(path, "room", "b.ts"), join(path, "room", "c.ts"));
    assert.notEqual(await libHash(address), hash);
  }));

Deno.test("commit is null outside a checkout", () =>
  inFolder(async (_path, address) => {
    assert.equal(await commit(address), null);
  }));

Deno.test("commit of this project is 40 hexadecimal digits, or null in a copy without git", async () => {
  const found = await commit();
  assert(found === null || /^[0-9a-f]{40,64}$/.test(found));
});

Deno.test("leftOfLimit subtracts what is used for good from a limit, and knows no limit where there is none", () => {
  assert.equal(leftOfLimit("5000\n", "2000\n", ""), 3000);
  assert.equal(leftOfLimit("5000\n", "2000\n", "anon 1\ninactive_file 500\nfile 3\n"), 3500);
  assert.equal(leftOfLimit("5000\n", "6000\n", ""), 0);
  assert.equal(leftOfLimit("max\n", "2000\n", ""), Infinity);
  assert.equal(leftOfLimit("", "", ""), Infinity);
});

Deno.test("coresFrom counts two hardware threads of a core once, and only the processors this process may use", () => {
  const cpu = (processor: number, socket: number, core: number) =>
    `processor\t: ${processor}\nmodel name\t: Some CPU\nphysical id\t: ${socket}\ncore id\t\t: ${core}\n`;
  // Two sockets of two cores with two threads each: 0-3 are the first threads, 4-7 the second.
  const cpuinfo = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => cpu(n, Math.floor(n / 2) % 2, n % 2)).join("\n");
  const allowed = (list: string) => `Name:\tdeno\nCpus_allowed:\tff\nCpus_allowed_list:\t${list}\n`;
  assert.equal(coresFrom(cpuinfo, allowed("0-7")), 4);
  assert.equal(coresFrom(cpuinfo, allowed("0,4")), 1);
  assert.equal(coresFrom(cpuinfo, allowed("0-2,5")), 3);
  assert.equal(coresFrom(cpuinfo, ""), 4);
});

Deno.test("coresFrom takes a processor for a core where no core ids are told, and knows nothing elsewhere", () => {
  const arm = "processor\t: 0\nBogoMIPS\t: 50.00\n\nprocessor\t: 1\nBogoMIPS\t: 50.00\n";
  assert.equal(coresFrom(arm, "Cpus_allowed_list:\t0-1\n"), 2);
  assert.equal(coresFrom("", ""), null);
});

Deno.test("physicalCores of this machine is at least one and at most its processors", () => {
  assert(physicalCores() >= 1 && physicalCores() <= navigator.hardwareConcurrency);
});
