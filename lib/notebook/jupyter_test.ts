import assert from "node:assert/strict";
import { delimiter, dirname, join } from "node:path";
import {
  completeMark,
  findJupyter,
  inFront,
  jupyterCommand,
  kernelspec,
  kernelspecFile,
  venvProgram,
  writeKernelspec,
} from "./jupyter.ts";

async function withRoot(work: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await work(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** A program in the project's Python environment that prints `says`. */
async function fakeJupyter(root: string, says: string): Promise<string> {
  const program = venvProgram(root, "jupyter");
  await Deno.mkdir(dirname(program), { recursive: true });
  await Deno.writeTextFile(program, `#!/bin/sh\necho ${says}\n`, { mode: 0o755 });
  return program;
}

Deno.test("kernelspec starts the Deno it is given, without colours, and sets XDG_RUNTIME_DIR only where it is not set", () => {
  const spec = JSON.parse(kernelspec("/opt/deno", {}));
  assert.deepEqual(spec.argv, ["/opt/deno", "jupyter", "--kernel", "--conn", "{connection_file}"]);
  assert.equal(spec.display_name, "Deno");
  assert.deepEqual(Object.keys(spec.env), ["NO_COLOR", "DENO_NO_UPDATE_CHECK", "XDG_RUNTIME_DIR"]);
  const set = JSON.parse(kernelspec("/opt/deno", { XDG_RUNTIME_DIR: "/run/user/1" }));
  assert.deepEqual(set.env, { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" });
});

Deno.test("inFront puts a folder before the others of a list, once", () => {
  assert.equal(inFront("a", undefined), "a");
  assert.equal(inFront("a", ["b", "a", "c"].join(delimiter)), ["a", "b", "c"].join(delimiter));
});

Deno.test("writeKernelspec makes the file for this Deno, repairs another one and leaves a right one alone", () =>
  withRoot(async (root) => {
    const file = kernelspecFile(root);
    await writeKernelspec(root);
    const right = await Deno.readTextFile(file);
    assert.equal(JSON.parse(right).argv[0], Deno.execPath());
    await Deno.utime(file, 1, 1);
    await writeKernelspec(root);
    assert.equal((await Deno.stat(file)).mtime!.getTime(), 1000);
    await Deno.writeTextFile(file, kernelspec("/gone/deno", {}));
    await writeKernelspec(root);
    assert.equal(await Deno.readTextFile(file), right);
  }));

Deno.test({
  name: "findJupyter takes the project's own environment, once it is complete and starts",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withRoot(async (root) => {
      const own = await fakeJupyter(root, "4.6.6");
      assert.notEqual(await jupyterCommand(root), own); // half-made: no mark yet
      await Deno.writeTextFile(completeMark(root), "jupyterlab==4.6.6\n");
      const found = await findJupyter(root);
      assert.equal(found?.command, own);
      assert.equal(found.env.JUPYTER_PATH.split(delimiter)[0], join(root, ".jupyter"));
      assert.ok((await Deno.stat(kernelspecFile(root))).isFile);
      await Deno.writeTextFile(own, "#!/nowhere/python\n"); // as after the project has moved
      assert.notEqual(await jupyterCommand(root), own);
    }),
});
