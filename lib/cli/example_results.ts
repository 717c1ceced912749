/** A small project whose numbers all follow from its records, for the tests of the gate. */
import { dirname, join } from "node:path";
import { Buffer } from "node:buffer";
import { taskById } from "../glue/mod.ts";
import { exampleRecord, exampleTiming } from "../runs/records/example_records.ts";
import { keyOf } from "../runs/grid/grid.ts";
import { recordedRecipe } from "../runs/methods/mod.ts";
import { metricsOf, pathSummary } from "../runs/records/outcome.ts";
import { recipeHash } from "../runs/records/record.ts";
import { writeRun } from "../runs/records/store.ts";
import { artefactFiles, type Draw, profileArtefacts } from "./artefact_files.ts";

/** Four MRPC rows: accuracy 75, F1 80. */
const rows = ["11", "11", "01", "00"].map(([label, prediction], id) => ({ id, label, prediction }));

/** Figures without drawing: the specification is the picture. */
export const noDraw: Draw = (figures) =>
  Promise.resolve(
    figures.map(({ spec }) => ({ svg: JSON.stringify(spec), png: Buffer.from(JSON.stringify(spec)) })),
  );

async function writeExampleRun(
  results: string,
  method: string,
  settings: Record<string, number>,
  path: string,
): Promise<void> {
  const predictions = rows.map((row) => ({ ...row, path }));
  const metrics = metricsOf(taskById("mrpc"), predictions, null), { score } = metrics;
  const controls = {
    commonestPath: path,
    commonestPathShare: 1,
    commonestPathScore: score,
    shuffledPathsScore: score,
  };
  const { weights, data } = exampleRecord();
  const request = { profile: "glue", task: "mrpc", method, settings, seed: 0 };
  const key = keyOf(request), recipe = recordedRecipe(request);
  const record = exampleRecord({
    ...key,
    recipe,
    recipeHash: recipeHash(recipe, data.sha256, weights.sha256),
    parent: method === "bert" ? null : "bert-s0",
    data: { ...data, rows: { "dev.tsv": rows.length } },
    metrics,
    path: pathSummary(rows.map(() => path), path.length),
    controls: method === "bert" ? undefined : controls,
  });
  const curve = [{ stage: "stage1", step: 1, loss: 0.5 }];
  await writeRun(results, { record, timing: exampleTiming(key), predictions, curve });
}

/** Calls `use` with the root of such a project: two runs, their artefacts, and a page that shows Table 1. */
export async function withExampleProject(use: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    const results = join(root, "results");
    await writeExampleRun(results, "bert", {}, "111111");
    await writeExampleRun(results, "dpbert", { targetRate: 0.6 }, "111101");
    const artefacts = await profileArtefacts(results, "glue");
    for (const [path, content] of await artefactFiles(artefacts, join(results, "glue"), root, noDraw)) {
      await writeFile(join(results, "glue", path), content);
    }
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Writes a file and the folders above it. */
export async function writeFile(path: string, content: string | Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
}

/** Replaces `found` by `other` in a file; throws if it does not stand there. */
export async function changeFile(path: string, found: string | RegExp, other: string): Promise<void> {
  const text = await Deno.readTextFile(path), changed = text.replace(found, other);
  if (changed === text) throw new Error(`${path} has no ${found}.`);
  await Deno.writeTextFile(path, changed);
}
