import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { zipSync } from "fflate";
import { type BlasWheel, blasWheel, blasWheels, obtainBlas } from "./blas_wheel.ts";

const content = new TextEncoder().encode("a library");
const wheel: BlasWheel = {
  requirement: "blas==1.0",
  platform: "any_machine",
  library: "blas/lib.so",
  sha256: createHash("sha256").update(content).digest("hex"),
};

/** A package index with one wheel that holds `files`; counts what is asked of it. */
function index(files: Record<string, Uint8Array>) {
  const asked: string[][] = [];
  const download = async (requirement: string, folder: string, options: string[] = []) => {
    asked.push([requirement, ...options]);
    const path = join(folder, "blas.whl");
    await Deno.writeFile(path, zipSync(files));
    return path;
  };
  return { asked, download };
}

async function withFile(work: (file: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(join(folder, "blas", "lib.so"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("obtainBlas puts the wheel's library in its place, and asks for it only once", () =>
  withFile(async (file) => {
    const { asked, download } = index({ "blas/lib.so": content, "blas/other": content });
    assert.equal(await obtainBlas(wheel, { offline: false, file, download }), true);
    assert.deepEqual(await Deno.readFile(file), content);
    assert.equal(await obtainBlas(wheel, { offline: true, file, download }), false);
    assert.deepEqual(asked, [["blas==1.0", "--platform", "any_machine"]]);
  }));

Deno.test("obtainBlas replaces a damaged library", () =>
  withFile(async (file) => {
    const { download } = index({ "blas/lib.so": content });
    await obtainBlas(wheel, { offline: false, file, download });
    await Deno.writeTextFile(file, "half a libr");
    assert.equal(await obtainBlas(wheel, { offline: false, file, download }), true);
    assert.deepEqual(await Deno.readFile(file), content);
  }));

Deno.test("obtainBlas keeps nothing of a library with another sum, nor of a wheel without one", () =>
  withFile(async (file) => {
    const refusals = [
      ["blas/lib.so", new Uint8Array(3), /blas==1\.0 holds a library with sha256 .*Nothing was kept/],
      ["blas/else.so", content, /blas==1\.0 cannot be had \(.*lacks blas\/lib\.so/],
    ] as const;
    for (const [name, bytes, message] of refusals) {
      const { download } = index({ [name]: bytes });
      const refused = obtainBlas(wheel, { offline: false, file, download });
      await assert.rejects(refused, { name: "InputError", message });
      await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
    }
  }));

Deno.test("obtainBlas says what to install where there is no Python, and what offline forbids", () =>
  withFile(async (file) => {
    const download = () => Promise.reject(new Error("this machine has no Python 3"));
    await assert.rejects(obtainBlas(wheel, { offline: false, file, download }), {
      name: "InputError",
      message: /no Python 3\)\. Or install one: `apt-get install/,
    });
    await assert.rejects(obtainBlas(wheel, { offline: true, file, download }), {
      name: "InputError",
      message: /DPB_OFFLINE=1.*setup --blas/,
    });
  }));

Deno.test("blasWheel knows Linux and Windows and refuses what it has no wheel for", () => {
  assert.equal(blasWheel("linux x86_64").platform, "manylinux_2_28_x86_64");
  assert.match(blasWheel("windows x86_64").library, /\.dll$/);
  assert.throws(() => blasWheel("freebsd riscv"), { name: "InputError", message: /freebsd riscv/ });
  const sums = Object.values(blasWheels).map(({ sha256 }) => sha256);
  assert.equal(new Set(sums).size, sums.length); // a pin copied by mistake
  assert.ok(sums.every((sum) => /^[0-9a-f]{64}$/.test(sum)));
});
