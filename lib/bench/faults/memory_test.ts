import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const child = fileURLToPath(new URL("memory_child.ts", import.meta.url));

async function readings(kind: string): Promise<{ name: string; outcome: string; grownMb: number }[]> {
  const folder = await Deno.makeTempDir();
  try {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", child, folder, kind],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

// Twice the file's size; where the file is held whole as well, three times.
const limits = { "GLUE's files": 40, predictions: 60, curves: 60, records: 60, weights: 40 };

for (const [kind, megabytes] of Object.entries(limits)) {
  Deno.test({
    name: `reading 20 MB that are no ${kind} takes at most ${megabytes} MB`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      for (const { name, outcome, grownMb } of await readings(kind)) {
        assert.equal(outcome, "InputError", name);
        assert.ok(grownMb <= megabytes, `${name}: ${grownMb} MB`);
      }
    },
  });
}
