import assert from "node:assert/strict";
import { readConfig } from "../config.ts";
import { openLocked } from "../files/locked_file.ts";
import { followRun, reasonOf, runCommandOf, type RunExit, type RunPlace } from "./run_child.ts";
import type { RunEvent } from "./run_events.ts";

const never = new AbortController().signal;

/** A process that is not `train`: it runs `code`. */
const script = (code: string) => ({ args: ["eval", code], env: { NO_COLOR: "1" } });
const tell = (text: string) => `console.log(JSON.stringify({ event: "note", text: ${text} }));`;

Deno.test("runCommandOf spells out the run, the settings of this process and one thread", () => {
  const config = readConfig({
    DPB_RESULTS: "/results",
    DPB_BLAS: "auto",
    DPB_TASKS: "rte",
    DPB_GLUE_DIR: "/glue",
  });
  const request = { profile: "glue", task: "mrpc", method: "dpbert", settings: { targetRate: 0.6 }, seed: 3 };
  const place: RunPlace = { config, backend: { name: "wasm", blas: null } };
  const { args, env } = runCommandOf(request, place);
  assert.equal(
    args.slice(args.indexOf("train")).join(" "),
    "train --profile glue --task mrpc --method dpbert --seed 3 --set targetRate=0.6 --into /results " +
      "--progress json --until-stdin-closes",
  );
  // This process found no BLAS, so none shall find one; it started its backend already, so none shall measure.
  assert.deepEqual([env.DPB_BACKEND, env.DPB_BLAS, env.DPB_GLUE_DIR], ["wasm", "off", "/glue"]);
  assert.equal(env.OMP_NUM_THREADS, "1");
  const named: RunPlace = {
    config: { ...config, blas: "/a/blas.so" },
    backend: { name: "wasm", blas: "blas" },
  };
  assert.equal(runCommandOf(request, named).env.DPB_BLAS, "/a/blas.so");
  // What the command line asked for wins over variables, which a child would otherwise inherit.
  assert.equal(readConfig({ DPB_TASKS: "nonsense", ...env }).tasks, null);
});

Deno.test("followRun hands on events and leaves out other lines", async () => {
  const events: RunEvent[] = [];
  const code = `console.log("a driver says hello"); ${tell('"one"')} ${
    tell('"two"')
  } console.error("why"); Deno.exit(7)`;
  const exit = await followRun(script(code), never, (event) => events.push(event));
  assert.deepEqual(events, [{ event: "note", text: "one" }, { event: "note", text: "two" }]);
  assert.deepEqual([exit.code, exit.signal, exit.stderr], [7, null, "why\n"]);
});

Deno.test("followRun closes the stdin of a process that shall stop, and waits for what it does then", async () => {
  const stop = new AbortController(), told: RunEvent[] = [];
  const code = `${tell('"ready"')} for await (const _ of Deno.stdin.readable); ${
    tell('"saved"')
  } Deno.exit(130)`;
  const { code: exitCode } = await followRun(script(code), stop.signal, (event) => {
    told.push(event);
    stop.abort(); // twice: the second time it is closed already
  });
  assert.equal(exitCode, 130);
  assert.deepEqual(told, [{ event: "note", text: "ready" }, { event: "note", text: "saved" }]);
});

Deno.test("a process that ends at once takes along the ones it follows, even those that would not stop", async () => {
  const folder = await Deno.makeTempDir(), file = `${folder}/held`;
  try {
    const deaf = `const file = await Deno.open(${JSON.stringify(file)}, { write: true, create: true });
await file.lock(true);
${tell('"held"')}
while (true);`;
    const parent = `import { followRun } from ${
      JSON.stringify(new URL("run_child.ts", import.meta.url).href)
    };
await followRun(${JSON.stringify(script(deaf))}, new AbortController().signal, () => Deno.exit(130));`;
    const { code } = await new Deno.Command(Deno.execPath(), { args: script(parent).args, stderr: "null" })
      .output();
    assert.equal(code, 130);
    const held = await Deno.open(file, { write: true });
    await held.lock(true); // as soon as it is gone, which frees its lock
    held.close();
    (await openLocked(file))!.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("reasonOf gives a run's own words, else how it ended", () => {
  const reason = (exit: Partial<RunExit>) => reasonOf({ code: 1, signal: null, stderr: "", ...exit });
  const said = "warning: x\nerror: Setting maxLength is 65, but the model has 64 positions.\n";
  assert.equal(reason({ stderr: said }), "Setting maxLength is 65, but the model has 64 positions.");
  assert.match(reason({ code: 137, signal: "SIGKILL" }), /killed.*out of memory.*--jobs/);
  assert.equal(
    reason({ stderr: "TypeError: x is not a function\n    at f (file.ts:1:1)\n" }),
    "Its process ended with exit code 1: TypeError: x is not a function",
  );
  assert.equal(reason({ code: 134, signal: "SIGABRT" }), "Its process ended with SIGABRT.");
});
