/**
 * A BLAS for a machine without one, and without root: OpenBLAS from the Python package `scipy-openblas32`, whose
 * wheel holds one library that needs nothing but the C library. Pinned by the library's sha256.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { writeAtomic } from "../files/atomic.ts";
import { InputError } from "../errors.ts";
import { pipDownload } from "../python.ts";
import { makeTemporaryFolder } from "../files/temporary.ts";
import { unzip } from "../files/unzip.ts";
import { fetchedBlas } from "./blas.ts";

/** The library of one platform. */
export interface BlasWheel {
  requirement: string;
  /** Platform tag of the wheel: the library must suit Deno's process, not Python's. */
  platform: string;
  /** Path inside the wheel. */
  library: string;
  /** Of the library, in hexadecimal. */
  sha256: string;
}

const requirement = "scipy-openblas32==0.3.34.237.2";
const sharedObject = "scipy_openblas32/lib/libscipy_openblas.so";

/** By operating system and processor. Deno itself needs glibc 2.27, as these do. macOS has Accelerate. */
export const blasWheels: Record<string, BlasWheel> = {
  "linux x86_64": {
    requirement,
    platform: "manylinux_2_28_x86_64",
    library: sharedObject,
    sha256: "a2ea93dda601b1b43daa47cf2be80e438bfbeed8d339f27aee41b8c6cd42edd7",
  },
  "linux aarch64": {
    requirement,
    platform: "manylinux_2_28_aarch64",
    library: sharedObject,
    sha256: "c6008ed4f18dac6fcdd84e7352c0c637746dcad04bd54faa7abbf1ecd5990d7e",
  },
  "windows x86_64": {
    requirement,
    platform: "win_amd64",
    library: "scipy_openblas32/lib/libscipy_openblas.dll",
    sha256: "7fba3edc9cf47a60fb42305b8979430cccc49aa58e3607572eaa11c4c61f06ac",
  },
};

/** The library for this machine. Throws `InputError` where there is none. */
export function blasWheel(machine = `${Deno.build.os} ${Deno.build.arch}`): BlasWheel {
  if (Object.hasOwn(blasWheels, machine)) return blasWheels[machine];
  throw new InputError(
    `No BLAS can be fetched for ${machine}; there are ones for ${
      Object.keys(blasWheels).join(", ")
    }. Install one and name it in DPB_BLAS.`,
  );
}

/**
 * Sees to it that the library of `wheel` lies at `file`, its sha256 checked; one that is right already stays.
 * Returns whether it was fetched now. Throws `InputError` when `offline` forbids it, when Python or its index cannot
 * be had (with what to install instead), for a wrong sum (nothing is kept) and when `file` cannot be written.
 */
export async function obtainBlas(
  wheel: BlasWheel,
  { offline, file = fetchedBlas, download = pipDownload }: {
    offline: boolean;
    file?: string;
    download?: typeof pipDownload;
  },
): Promise<boolean> {
  const there = await Deno.readFile(file).catch(() => null);
  if (there && sha256(there) === wheel.sha256) return false;
  if (offline) {
    throw new InputError(
      `DPB_OFFLINE=1 forbids the network, and ${file} is not there. Unset it and run \`deno task setup --blas\` again, or ${alternatives}`,
    );
  }
  const library = await fromWheel(wheel, download), found = sha256(library);
  if (found !== wheel.sha256) {
    throw new InputError(
      `The wheel of ${wheel.requirement} holds a library with sha256 ${found}; expected ${wheel.sha256}. Nothing was kept.`,
    );
  }
  await writeAtomic(file, library);
  return true;
}

const alternatives =
  "install one: `apt-get install libopenblas0-pthread` (Debian, Ubuntu), `dnf install openblas` (Fedora), or name any in DPB_BLAS.";

async function fromWheel(
  { requirement, platform, library }: BlasWheel,
  download: typeof pipDownload,
): Promise<Uint8Array> {
  const folder = await makeTemporaryFolder("dpbert-blas-");
  try {
    const path = await download(requirement, folder, ["--platform", platform]),
      unpacked = join(folder, "library");
    await unzip(path, new Map([[library, unpacked]]));
    return await Deno.readFile(unpacked);
  } catch (error) {
    throw new InputError(
      `${requirement} cannot be had (${(error as Error).message.replace(/\.$/, "")}). Or ${alternatives}`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
