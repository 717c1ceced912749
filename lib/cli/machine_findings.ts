/** What this machine has of what the suite can use, whatever is run. Nothing is changed here. */
import { createRequire } from "node:module";
import type { Config } from "../config.ts";
import { readFont } from "../notebook/font.ts";
import type { FrontEnd } from "../notebook/mod.ts";
import { jupyterCommand, jupyterVersions, kernelspecFile } from "../notebook/jupyter.ts";
import { loadAverage } from "../runs/records/environment.ts";
import { blasDifference, fetchedBlas, findBlas } from "../tensor/blas.ts";
import { startBackend, webgpuAdapter } from "../tensor/mod.ts";
import { type Finding, finding, lacking, there } from "./finding.ts";

/** The font of the figures; it comes as a package. */
export function fontFinding(): Promise<Finding> {
  return finding("fonts", async () => {
    try {
      await import("dejavu-fonts-ttf/package.json", { with: { type: "json" } });
      const file = createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf");
      const width = readFont(await Deno.readFile(file)).width("DPBERT");
      return there("fonts", `DejaVu Sans, "DPBERT" is ${width.toFixed(2)} em wide`);
    } catch (error) {
      return lacking(
        "fonts",
        "needed",
        `no figure font (${(error as Error).message})`,
        "run `deno task setup`",
      );
    }
  });
}

/** Whether a BLAS is found and multiplies right. */
export function blasFinding({ blas: setting }: Pick<Config, "blas">): Promise<Finding> {
  return finding("BLAS", () => {
    const blas = findBlas(setting);
    if (!blas && setting === "off") {
      return lacking("BLAS", "optional", "switched off", "unset DPB_BLAS to use one");
    }
    if (!blas) {
      const install = Deno.build.os === "linux"
        ? ", or on Debian `apt-get install libopenblas0-pthread`"
        : "";
      return lacking(
        "BLAS",
        "optional",
        "not there",
        `about twice as fast on a CPU: \`deno task setup --blas\`${install}`,
      );
    }
    const from = setting !== "auto"
      ? "named by DPB_BLAS"
      : blas.path === fetchedBlas
      ? "from setup --blas"
      : "the system's";
    const difference = blasDifference(blas.gemm);
    if (!(difference < 1e-4)) {
      const found = `${blas.name} (${from}, ${blas.path}) multiplies wrongly: off by ${difference}`;
      return lacking("BLAS", "needed", found, "set DPB_BLAS=off, or name another library");
    }
    return there(
      "BLAS",
      `${blas.name}, ${from} (${blas.path}); a product of 64 x 64 is right to ${difference.toExponential(0)}`,
    );
  });
}

/** Whether there is a GPU that tfjs starts on. Needed where `DPB_BACKEND=webgpu`. */
export function adapterFinding({ backend }: Pick<Config, "backend">): Promise<Finding> {
  const what = "WebGPU", state = backend === "webgpu" ? "needed" : "optional";
  const drivers =
    "install your GPU's Vulkan driver; on Debian `apt-get install mesa-vulkan-drivers` is a software one";
  return finding(what, async () => {
    const adapter = await webgpuAdapter();
    if (!adapter) return lacking(what, state, "no adapter", drivers);
    const kind = adapter.isFallback ? "a software adapter: for tests, not for speed" : "a real one";
    try {
      await startBackend("webgpu");
      return there(what, `${adapter.description} (${kind}); tfjs starts on it`);
    } catch (error) {
      const found = `${adapter.description} (${kind}), but tfjs does not start on it (${
        (error as Error).message
      })`;
      return lacking(what, state, found, `update its driver, or set DPB_BACKEND=wasm`);
    }
  });
}

/** JupyterLab and nbconvert. Needed where `--via jupyter` has nbconvert run the notebooks. */
export function jupyterFinding(root: string, via: FrontEnd): Promise<Finding> {
  const what = "Jupyter", state = via === "jupyter" ? "needed" : "optional";
  const fix = "for JupyterLab: `deno task setup --jupyter` (`reproduce` runs the notebooks without it)";
  return finding(what, async () => {
    const command = await jupyterCommand(root);
    if (command === null) return lacking(what, state, "not there", fix);
    const { jupyterlab, nbconvert } = await jupyterVersions(command);
    const place = command === "jupyter" ? "on PATH" : ".venv-jupyter";
    const found = `JupyterLab ${jupyterlab ?? "missing"}, nbconvert ${nbconvert ?? "missing"} (${place})`;
    if (!nbconvert) return lacking(what, state, found, fix);
    return jupyterlab ? there(what, found) : lacking(what, "optional", found, fix);
  });
}

/** The project's kernelspec, and whether the Deno it names is there. */
export function kernelspecFinding(root: string): Promise<Finding> {
  const what = "Jupyter kernel", fix = "`deno task notebook` and `deno task setup --jupyter` write it";
  return finding(what, async () => {
    const text = await Deno.readTextFile(kernelspecFile(root)).catch(() => null);
    if (text === null) return lacking(what, "optional", "no kernelspec in .jupyter", fix);
    const [deno] = JSON.parse(text).argv;
    const exists = await Deno.stat(deno).then(({ isFile }) => isFile, () => false);
    if (!exists) return lacking(what, "optional", `its Deno is gone (${deno})`, fix);
    return there(what, `${deno === Deno.execPath() ? "this Deno" : deno}, in .jupyter`);
  });
}

/** Whether others use the processors: latencies would be theirs too. */
export function loadFinding(
  load = loadAverage(),
  cores = navigator.hardwareConcurrency,
): Finding {
  if (load === null) return there("load", "not known on this system");
  const found = `${load} on ${cores} cores`;
  return load <= cores / 2
    ? there("load", found)
    : lacking("load", "optional", found, "others compute here: wait before latencies are measured");
}

/** Whether the network may be used. */
export function networkFinding({ offline, mirror }: Pick<Config, "offline" | "mirror">): Finding {
  if (offline) return there("network", "DPB_OFFLINE=1: nothing is fetched");
  return there(
    "network",
    `may be used where something is missing${mirror ? `, through ${mirror}` : ""}; DPB_OFFLINE is not set`,
  );
}
