import assert from "node:assert/strict";
import { dirname } from "node:path";
import { completeMark, kernelspec, kernelspecFile, venvProgram } from "../notebook/jupyter.ts";
import {
  blasFinding,
  fontFinding,
  jupyterFinding,
  kernelspecFinding,
  loadFinding,
  networkFinding,
} from "./machine_findings.ts";

async function withRoot(work: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await work(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function put(path: string, text: string, mode?: number): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text, { mode });
}

Deno.test("blasFinding multiplies with what it finds; one that is named must open, none is fine", async () => {
  const found = await blasFinding({ blas: "auto" });
  assert.match(found.found, found.state === "there" ? /right to \de-\d/ : /not there/);
  assert.equal((await blasFinding({ blas: "off" })).state, "optional");
  const named = await blasFinding({ blas: "/nowhere/libblas.so" });
  assert.equal(named.state, "needed");
  assert.match(named.found, /"\/nowhere\/libblas\.so"/);
});

Deno.test("fontFinding measures a word in the figures' font", async () => {
  const { state, found } = await fontFinding();
  assert.equal(state, "there");
  assert.match(found, /"DPBERT" is 4\.00 em wide/); // .77 + .60 + .69 + .63 + .69 + .61
});

Deno.test("loadFinding complains when others use more than half of the processors", () => {
  assert.equal(loadFinding(1, 2).state, "there");
  assert.equal(loadFinding(1.1, 2).state, "optional");
  assert.equal(loadFinding(null, 2).state, "there");
});

Deno.test("networkFinding says whether anything may be fetched, and through what", () => {
  assert.match(networkFinding({ offline: true, mirror: null }).found, /DPB_OFFLINE=1/);
  assert.match(
    networkFinding({ offline: false, mirror: "http://127.0.0.1:1" }).found,
    /through http:\/\/127\.0\.0\.1:1;/,
  );
});

Deno.test("kernelspecFinding looks whether the kernel's Deno is there", () =>
  withRoot(async (root) => {
    assert.equal((await kernelspecFinding(root)).found, "no kernelspec in .jupyter");
    await put(kernelspecFile(root), kernelspec("/gone/deno", {}));
    assert.equal((await kernelspecFinding(root)).found, "its Deno is gone (/gone/deno)");
    await put(kernelspecFile(root), kernelspec(Deno.execPath(), {}));
    assert.equal((await kernelspecFinding(root)).state, "there");
    await put(kernelspecFile(root), "{");
    assert.match((await kernelspecFinding(root)).found, /could not be looked at/);
  }));

Deno.test({
  name: "jupyterFinding reads the versions, and needs nbconvert only where it runs the notebooks",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withRoot(async (root) => {
      const jupyter = (lines: string) =>
        put(venvProgram(root, "jupyter"), `#!/bin/sh\ncat <<END\n${lines}\nEND\n`, 0o755);
      await put(completeMark(root), "");
      await jupyter("Selected Jupyter core packages...\njupyterlab       : 4.6.6\nnbconvert        : 7.17.2");
      const { state, found } = await jupyterFinding(root, "kernel");
      assert.equal(`${state} ${found}`, "there JupyterLab 4.6.6, nbconvert 7.17.2 (.venv-jupyter)");
      await jupyter("jupyterlab       : 4.6.6\nnbconvert        : not installed");
      assert.equal((await jupyterFinding(root, "kernel")).state, "optional");
      assert.equal((await jupyterFinding(root, "jupyter")).state, "needed");
    }),
});
