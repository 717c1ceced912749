import assert from "node:assert/strict";
import { readConfig } from "../../config.ts";
import { openLesson, trainStage } from "./lesson.ts";
import { answeredRows, lessonOutcome, shuffledOutcome } from "./outcome.ts";

const lesson = () => openLesson(readConfig({ DPB_PROFILE: "smoke", DPB_BLAS: "off", DPB_BACKEND: "wasm" }));

Deno.test("answeredRows puts level, answer and path of each dev row together", async () => {
  const opened = await lesson(), dev = opened.data.dev.slice(0, 2);
  const labels = dev.map(({ label }) => label!);
  const rows = answeredRows(
    { ...opened, data: { ...opened.data, dev }, levels: [3, 1] },
    { predictions: [labels[0], 1 - labels[1]], paths: ["1111", "1010"] },
  );
  assert.deepEqual(rows, [
    { level: 3, isRight: true, path: "1111" },
    { level: 1, isRight: false, path: "1010" },
  ]);
});

Deno.test("shuffledOutcome deals the same paths to other rows; where all have one path nothing changes", async () => {
  const opened = await lesson();
  const full = await lessonOutcome(opened, null, "bert");
  const { state } = await trainStage(opened, "stage2", null, { steps: 0 });
  assert.deepEqual(await shuffledOutcome(opened, state, full), full);
  const mixed = full.paths.map((_, row) => row < 3 ? "0000" : "1111");
  const { paths } = await shuffledOutcome(opened, state, { ...full, paths: mixed });
  assert.deepEqual(paths.toSorted(), mixed.toSorted());
  assert.notDeepEqual(paths, mixed);
});
