import assert from "node:assert/strict";
import { join } from "node:path";
import { runPaths } from "../runs/records/store.ts";
import { artefactFiles, profileArtefacts } from "./artefact_files.ts";
import { noDraw, withExampleProject, writeFile } from "./example_results.ts";

const bert = { profile: "glue", task: "mrpc", method: "bert", setting: "", seed: 0 };

Deno.test("files of a local reproduction show what was not run there from the project's results, and mark it", () =>
  withExampleProject(async (root) => {
    const reference = join(root, "results"), local = join(reference, "local");
    const [from, to] = [reference, local].map((results) => runPaths(results, bert));
    for (const kind of ["record", "timing", "predictions", "curve"] as const) {
      await writeFile(to[kind], await Deno.readFile(from[kind]));
    }
    const filesWith = async (filledFrom?: string) => {
      const artefacts = await profileArtefacts(local, "glue", filledFrom);
      const files = await artefactFiles(artefacts, join(local, "glue"), root, noDraw);
      return (path: string) => `${files.get(path)}`;
    };
    const filled = await filesWith(reference), table1 = filled("tables/table1.md");
    assert.match(table1, /^\| MRPC \| BERT \| \[0\]\(\.\.\/runs\/mrpc\/bert-s0\.json\)/m);
    assert.match(
      table1,
      /^\| MRPC † \| DPBERT \(t0\.6\) \| \[0\]\(\.\.\/\.\.\/\.\.\/\.\.\/results\/glue\/runs\/mrpc\/dpbert-t0\.6-s0\.json\)/m,
    );
    assert.ok(filled("tables/table1.json").includes("MRPC †"));
    assert.ok(filled("figures/figure4.json").includes("results/glue/runs/mrpc/dpbert-t0.6-s0.json"));
    const own = await filesWith();
    assert.ok(!own("tables/table1.md").includes("DPBERT (t0.6)") && !own("tables/table1.json").includes("†"));
  }));
