import assert from "node:assert/strict";
import { join } from "node:path";
import { completeMark, kernelspecFile, venvFolder, venvProgram } from "./jupyter.ts";
import { obtainJupyter } from "./jupyter_venv.ts";

const pins = new URL("jupyter-requirements.txt", import.meta.url);

/** Stands in for Python: `-m venv FOLDER` makes an environment whose pip ends with `pipCode`. Logs its calls. */
const python = (log: string, pipCode: number) =>
  `#!/bin/sh
echo "$1 $2" >> "${log}"
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$1 $2 $3" >> "${log}"\\necho no route >&2\\nexit ${pipCode}\\n' > "$3/bin/python"
printf '#!/bin/sh\\necho 4.6.6\\n' > "$3/bin/jupyter"
chmod +x "$3/bin/python" "$3/bin/jupyter"
`;

interface Place {
  root: string;
  /** What was called so far. */
  calls(): Promise<string[]>;
  setup(pipCode?: number): Parameters<typeof obtainJupyter>[1];
}

async function withPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir(), log = join(root, "calls"), command = join(root, "python");
  const calls = async () => (await Deno.readTextFile(log).catch(() => "")).split("\n").filter(Boolean);
  const setup = (pipCode = 0) => {
    Deno.writeTextFileSync(command, python(log, pipCode), { mode: 0o755 });
    return {
      offline: false,
      say: () => {},
      python: () => Promise.resolve({ command, version: "3.11.2" }),
    };
  };
  try {
    await work({ root, calls, setup });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const ignore = Deno.build.os === "windows"; // the stand-in is a shell script

Deno.test({
  name: "obtainJupyter makes the environment once, with a kernelspec, and leaves a complete one alone",
  ignore,
  fn: () =>
    withPlace(async ({ root, calls, setup }) => {
      assert.equal(await obtainJupyter(root, setup()), true);
      assert.deepEqual(await calls(), ["-m venv", "-m pip install"]);
      assert.ok((await Deno.stat(kernelspecFile(root))).isFile);
      assert.equal(await obtainJupyter(root, { ...setup(), offline: true }), false);
      assert.equal((await calls()).length, 2);
    }),
});

Deno.test({
  name: "obtainJupyter makes an interrupted environment, one of other pins and one that does not start anew",
  ignore,
  fn: () =>
    withPlace(async ({ root, setup }) => {
      const left = join(venvFolder(root), "left-over");
      const spoilers = [
        () => Deno.remove(completeMark(root)),
        () => Deno.writeTextFile(completeMark(root), "jupyterlab==4.0.0\n"),
        () => Deno.writeTextFile(venvProgram(root, "jupyter"), "#!/nowhere/python\n"),
      ];
      await obtainJupyter(root, setup());
      for (const spoil of spoilers) {
        await spoil();
        await Deno.writeTextFile(left, "");
        assert.equal(await obtainJupyter(root, setup()), true);
        await assert.rejects(Deno.stat(left), Deno.errors.NotFound);
      }
    }),
});

Deno.test({
  name: "obtainJupyter keeps nothing when pip fails, and says why",
  ignore,
  fn: () =>
    withPlace(async ({ root, setup }) => {
      await assert.rejects(obtainJupyter(root, setup(1)), { name: "InputError", message: /\(no route\)/ });
      await assert.rejects(Deno.stat(venvFolder(root)), Deno.errors.NotFound);
    }),
});

Deno.test("obtainJupyter refuses offline, no Python and a Python that is too old, each with what to do", () =>
  withPlace(async ({ root }) => {
    const given = (version: string | null) => ({
      offline: false,
      say: () => {},
      python: () => Promise.resolve(version === null ? null : { command: "python3", version }),
    });
    const refusals = [
      [{ ...given("3.11.2"), offline: true }, /DPB_OFFLINE=1.*setup --jupyter/],
      [given(null), /Found no Python.*python3-venv/],
      [given("3.9.18"), /Found Python 3\.9\.18.*3\.10 or newer/],
    ] as const;
    for (const [setup, message] of refusals) {
      await assert.rejects(obtainJupyter(root, setup), { name: "InputError", message });
    }
  }));

Deno.test("every package of jupyter-requirements.txt is pinned", async () => {
  const lines = (await Deno.readTextFile(pins)).split("\n").filter((line) => line && !line.startsWith("#"));
  for (const line of lines) {
    assert.match(line, /^[\w.-]+==[\w.]+(; (sys_platform|python_version) [=<]+ "[\w.]+")?$/);
  }
  for (const name of ["jupyterlab", "nbconvert", "plotly"]) {
    assert.ok(lines.some((line) => line.startsWith(`${name}==`)));
  }
});
