import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("./main.ts", import.meta.url));

/** Starts a training too long to end by itself. */
function startTraining(results: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", entry, "train", "--profile", "smoke", "--task", "sst-2", "--method", "bert"],
      ...["--set", "epochs=2000", "--into", results],
    ],
    env: { NO_COLOR: "1", DPB_BACKEND: "wasm" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  /** The number that `pattern` captures, as soon as the child has printed it. */
  const number = async (pattern: RegExp): Promise<number> => {
    for (;;) {
      const match = pattern.exec(said);
      if (match) return Number(match[1]);
      const { value, done } = await reader.read();
      if (done) throw new Error(`The training ended without ${pattern}; it said: ${said}`);
      said += value;
    }
  };
  /** Sends a signal and waits for the end. */
  const end = async (signal: Deno.Signal): Promise<number> => {
    child.kill(signal);
    while (!(await reader.read()).done);
    return (await child.status).code;
  };
  return { child, number, end };
}

Deno.test({
  name: "Ctrl-C saves the state and ends with code 130; the same command continues from the next step",
  ignore: Deno.build.os === "windows", // no SIGINT can be sent to a child there
  fn: async () => {
    const results = await Deno.makeTempDir();
    try {
      const first = startTraining(results);
      assert.equal(await first.number(/step (\d+)\//), 1);
      first.child.kill("SIGINT");
      const stopped = await first.number(/Stopped in stage 1 after step (\d+) of \d+; the same command/);
      assert.equal((await first.child.status).code, 130);

      const second = startTraining(results);
      assert.equal(await second.number(/step (\d+)\//), stopped + 1);
      await second.end("SIGKILL");
    } finally {
      await Deno.remove(results, { recursive: true });
    }
  },
});
