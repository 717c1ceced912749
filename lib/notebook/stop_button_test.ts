import assert from "node:assert/strict";
import { type Session, startSession } from "./session.ts";
import type { Message } from "./wire.ts";

const cwd = new URL("../../notebooks/", import.meta.url).pathname;
const ignore = Deno.build.os === "windows"; // no SIGINT can be sent to a child there

/** What a cell wrote, and how it ended. */
interface Ended {
  status: string;
  text: string;
  /** Lines of its error, stack included. */
  traceback: string[];
}

/** Runs `code`; with `stop` the stop button is pressed when its first display arrives. */
async function run(session: Session, code: string, stop = false): Promise<Ended> {
  const messages: Message[] = [];
  const { status } = await session.execute(code, (message) => {
    messages.push(message);
    if (stop && message.header.msg_type === "display_data") session.interrupt();
  });
  const contents = (type: string) =>
    messages.filter(({ header }) => header.msg_type === type).map(({ content }) => content);
  return {
    status,
    text: contents("stream").map(({ text }) => text).join(""),
    traceback: contents("error").flatMap(({ traceback }) => traceback as string[]),
  };
}

async function withKernel(env: Record<string, string>, test: (session: Session) => Promise<void>) {
  const session = await startSession({ cwd, env: { DPB_BACKEND: "wasm", DPB_BLAS: "off", ...env } });
  try {
    await test(session);
  } finally {
    await session.close();
  }
}

Deno.test({
  name:
    "the stop button ends a lesson's training with one sentence; the variables stay and the cell runs again",
  ignore,
  fn: () =>
    withKernel({ DPB_PROFILE: "smoke" }, async (session) => {
      const imports = `import { readConfig } from "lib/config.ts";
import { stopButton, trainingProgress } from "lib/notebook/mod.ts";
import { openLesson, stateBefore, trainStage } from "lib/runs/lesson/lesson.ts";`;
      const train = `const progress = trainingProgress();
const trained = await trainStage(lesson, "stage1", null, progress);
console.log(trained.result.curve[0].step, trained.result.curve.at(-1).step);`;
      await run(session, `${imports}\nconst lesson = await openLesson(readConfig());`);
      const whole = await run(session, train);
      assert.match(whole.text, /^1 \d\d+\n$/);

      const stopped = await run(session, train, true);
      assert.equal(stopped.status, "error");
      assert.equal(stopped.traceback.length, 1);
      assert.match(
        stopped.traceback[0],
        /^Stopped: Stopped in stage 1 after step \d+ of \d+; nothing of this stage is kept, so the same cell /,
      );
      assert.equal((await run(session, `console.log(lesson.example.label !== undefined);`)).text, "true\n");
      assert.deepEqual(await run(session, train), whole);
    }),
});

Deno.test({
  name: "the stop button in ensureRuns keeps the checkpoint: the same cell continues at the next step",
  ignore,
  fn: async () => {
    const results = await Deno.makeTempDir();
    try {
      await withKernel(
        { DPB_PROFILE: "smoke", DPB_TASKS: "sst-2", DPB_RESULTS: results },
        async (session) => {
          await run(
            session,
            `import { readConfig } from "lib/config.ts";
import { runsProgress } from "lib/notebook/mod.ts";
import { ensureRuns } from "lib/runs/ensure.ts";
import { gridOf } from "lib/runs/grid/profiles.ts";
import { startBackend } from "lib/tensor/mod.ts";
const config = readConfig(), grid = gridOf(config);
const bert = { ...grid, methods: grid.methods.slice(0, 1) };
const openBackend = () => startBackend("wasm", { blas: "off" });`,
          );
          const ensure = `const progress = runsProgress(), steps = [];
const onProgress = (run, step) => { steps.push(step.step); progress.onProgress(run, step); };
const { records } = await ensureRuns(bert, { config, openBackend, ...progress, onProgress });
console.log(steps[0], records.length);`;
          const stopped = await run(session, ensure, true);
          const [, step] = /^Stopped: Stopped in stage 1 after step (\d+) of \d+; the same command/.exec(
            stopped.traceback.join("\n"),
          )!;
          assert.equal((await run(session, ensure)).text, `${Number(step) + 1} 1\n`);
        },
      );
    } finally {
      await Deno.remove(results, { recursive: true });
    }
  },
});

Deno.test({
  name:
    "the stop button where nothing trains leaves the kernel alive, the cell to its end, and later training alone",
  ignore,
  fn: () =>
    withKernel({}, async (session) => {
      const show = `import { show, stopButton } from "lib/notebook/mod.ts";`;
      const { text } = await run(session, `${show}\nawait show(1);\nconsole.log("to its end");`, true);
      assert.equal(text, "to its end\n");
      session.interrupt();
      assert.equal((await run(session, `console.log(stopButton()());`)).text, "false\n");
    }),
});
