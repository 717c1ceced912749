import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { denoFinding, diagnose, packagesFinding } from "./doctor.ts";
import type { Finding } from "./finding.ts";

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("denoFinding accepts 2.9.6 and newer, and says how to get it otherwise", () => {
  assert.equal(denoFinding("2.9.6").found, "2.9.6");
  assert.equal(denoFinding("2.10.0").found, "2.10.0 (tested with 2.9.6)");
  const { state, found, fix } = denoFinding("2.9.5");
  assert.equal(`${state} ${found}`, "needed 2.9.5");
  assert.match(fix!, /npx -y deno@2\.9\.6/);
});

Deno.test("packagesFinding asks Deno's cache alone whether every import of deno.json is there", () =>
  withFolder(async (folder) => {
    const imports = (packages: Record<string, string>) =>
      Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify({ imports: packages }));
    await imports({});
    assert.equal((await packagesFinding(folder)).state, "there");
    await imports({ nothing: "npm:@dpbert/there-is-no-such-package@1.0.0" });
    const { state, found, fix } = await packagesFinding(folder);
    assert.equal(state, "needed");
    assert.match(`${found} ${fix}`, /there-is-no-such-package.*deno task setup/);
  }));

const main = fileURLToPath(new URL("main.ts", import.meta.url));

Deno.test("doctor --json prints one finding per thing, and exit code 1 where the grid needs what is missing", () =>
  withFolder(async (folder) => {
    const own = Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("DPB_"));
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", main, "doctor", "--json", "--profile", "glue", "--tasks", "mrpc"],
      // No adapter: whether tfjs starts on this machine's is no question of this test.
      env: {
        ...Object.fromEntries(own),
        DPB_RESULTS: folder,
        DPB_BERT_DIR: folder,
        DPB_GLUE_DIR: join(folder, "none"),
        DENO_WEBGPU_BACKEND: "none",
      },
      clearEnv: true,
      stderr: "null",
    }).output();
    const findings = JSON.parse(new TextDecoder().decode(stdout)) as Finding[];
    assert.equal(code, 1);
    assert.deepEqual(findings.map(({ what }) => what), [
      ...["Deno", "Node", "packages", "grid", "fonts", "Jupyter", "Jupyter kernel", "network", "load"],
      ...["GLUE", "weights", "results", "disk", "BLAS", "WebGPU", "backend", "memory"],
    ]);
    const needed = findings.filter(({ state }) => state === "needed").map(({ what }) => what);
    assert.deepEqual(needed, ["GLUE", "weights"]);
    assert.equal(findings.find(({ what }) => what === "WebGPU")?.found, "no adapter");
  }));

Deno.test("diagnose ends with the settings where they cannot be understood, and refuses an option it does not know", async () => {
  const findings: Finding[] = [];
  for await (const found of diagnose(["--tasks", "mprc"])) findings.push(found);
  assert.deepEqual(findings.map(({ what }) => what), ["Deno", "Node", "packages", "settings"]);
  assert.match(findings[3].found, /"mprc"/);
  await assert.rejects(Array.fromAsync(diagnose(["--porfile", "glue"])), /--porfile/);
});
