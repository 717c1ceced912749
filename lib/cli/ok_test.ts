import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { run } from "./ok.ts";

/** Exit code and lines of the gate on a project of these files. */
async function gate(files: Record<string, string>): Promise<{ code: number; lines: string[] }> {
  const root = await Deno.makeTempDir();
  const { log } = console;
  const lines: string[] = [];
  try {
    for (const [path, text] of Object.entries({ "deno.json": "{}\n", ...files })) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    console.log = (line: string) => lines.push(line);
    return { code: await run([root]), lines };
  } finally {
    console.log = log;
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("ok prints a line per part and returns 0 for a house in order", async () => {
  const { code, lines } = await gate({ "lib/errors.ts": "export const x = 3;\n" });
  assert.deepEqual(lines, [
    "format: ok",
    "lint: ok",
    "types: ok",
    "imports: ok",
    "notebooks: ok",
    "records: ok",
    "results: ok",
    "pages: ok",
  ]);
  assert.equal(code, 0);
});

Deno.test("ok goes on after a failed part, gives reasons below it and returns 1", async () => {
  const { code, lines } = await gate({
    "lib/errors.ts": "export const x:any = 3\n",
    "lib/bert/a.ts": `import { y } from "../methods/b.ts";\nexport const z: string = y;\n`,
    "lib/methods/b.ts": "export const y = 3;\n",
    "notebooks/a.ipynb": "{}\n",
    "results/glue/runs/mrpc/bert-s0.json": '{"schemaVersion": 1',
    "README.md": "<!-- results/glue/tables/a.md -->\n84.2\n<!-- end -->\n",
    "results/glue/tables/a.md": "84.3\n",
  });
  assert.equal(code, 1);
  assert.deepEqual(lines.filter((line) => !line.startsWith(" ")), [
    "format: failed",
    "lint: failed",
    "types: failed",
    "imports: failed",
    "notebooks: failed",
    "records: failed",
    "results: failed",
    "pages: failed",
  ]);
  const reasons = lines.join("\n");
  for (
    const reason of [
      "lib/errors.ts is not formatted",
      "no-explicit-any",
      "TS2322",
      "lib/bert knows no method",
      "a.ipynb is not a notebook",
      "bert-s0.json is not complete JSON",
      'README.md, line 2: shows "84.2", the records give ""',
    ]
  ) {
    assert.ok(reasons.includes(reason), reason);
  }
});
