/**
 * `deno task doctor [--json] [options of reproduce]`: what this machine has and lacks for the chosen runs, each line
 * with its fix. It measures nothing long, fetches nothing and changes nothing.
 *
 * Only Deno itself is imported up here: the packages may be what is missing.
 */
import { InputError } from "../errors.ts";
import { type Finding, finding, findingLine, lacking, there } from "./finding.ts";
import { fileURLToPath } from "node:url";

const neededDeno = "2.9.6";
const projectRoot = fileURLToPath(new URL("../../", import.meta.url));

/** What `--help` prints. */
export const usage =
  `deno task doctor [--json] [options of reproduce]: what this machine has and lacks for the chosen runs
  --json  for programs: all findings as one array`;

/** Prints a line per finding, or with `--json` all of them as one array. Returns 1 if something needed is missing. */
export async function run(args: string[]): Promise<number> {
  const json = args.includes("--json");
  const findings: Finding[] = [];
  for await (const found of diagnose(args.filter((arg) => arg !== "--json"))) {
    findings.push(found);
    if (!json) console.log(findingLine(found));
  }
  if (json) console.log(JSON.stringify(findings, null, 2));
  return findings.some(({ state }) => state === "needed") ? 1 : 0;
}

/** The findings for what `args` ask for, as they come. Throws what `parseArgs` throws for an option it does not know. */
export async function* diagnose(args: string[]): AsyncGenerator<Finding> {
  yield denoFinding(Deno.version.deno);
  yield there("Node", "not needed");
  const packages = await packagesFinding(projectRoot);
  yield packages;
  if (packages.state !== "there") return; // what follows is made of them
  const machine = await import("./machine_findings.ts"), chosen = await import("./grid_findings.ts");
  const wish = await readWish(args);
  if ("state" in wish) return yield wish;
  const { config, grid, via } = wish;
  yield there("grid", gridLine(grid));
  yield await machine.fontFinding();
  yield await machine.jupyterFinding(projectRoot, via);
  yield await machine.kernelspecFinding(projectRoot);
  yield machine.networkFinding(config);
  yield machine.loadFinding();
  yield* await chosen.dataFindings(wish);
  yield await chosen.weightsFinding(wish);
  yield await chosen.resultsFinding(wish);
  yield await chosen.diskFinding(wish);
  yield await machine.blasFinding(config);
  // A broken driver may end this process: everything else has been said by now.
  yield await machine.adapterFinding(config);
  const backend = await chosen.backendOf(wish).catch((error: Error) => error);
  yield await finding("backend", () => {
    if (backend instanceof Error) throw backend;
    return chosen.backendFinding(backend);
  });
  yield await chosen.memoryFinding(wish, backend instanceof Error ? null : backend.name);
}

/** What is asked for, or the finding that it cannot be understood. */
async function readWish(args: string[]) {
  const { wishOf } = await import("./reproduce.ts");
  try {
    return wishOf(args, Deno.env.toObject());
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { what: "settings", state: "needed", found: error.message, fix: null } satisfies Finding;
  }
}

function gridLine({ profile, tasks, methods, seeds }: {
  profile: string;
  tasks: readonly string[];
  methods: readonly { method: string }[];
  seeds: readonly number[];
}): string {
  const runs = tasks.length * methods.length * seeds.length;
  const names = [...new Set(methods.map(({ method }) => method))];
  return `profile ${profile}: ${tasks.join(", ")} with ${names.join(", ")}, ${
    seeds.length === 1 ? "seed" : "seeds"
  } ${seeds.join(", ")}: ${runs} runs`;
}

/** Whether the Deno that runs is new enough. */
export function denoFinding(version: string): Finding {
  if (version.localeCompare(neededDeno, "en", { numeric: true }) < 0) {
    const fix = `${neededDeno} or newer is needed: run \`npx -y deno@${neededDeno} task doctor\``;
    return lacking("Deno", "needed", version, fix);
  }
  return there("Deno", version === neededDeno ? version : `${version} (tested with ${neededDeno})`);
}

/** Whether every package of `<root>/deno.json` is in Deno's cache, in the version that deno.lock fixes. */
export async function packagesFinding(root: string): Promise<Finding> {
  return await finding("packages", async () => {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["install", "--cached-only", "--frozen", "--quiet"],
      cwd: root,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (success) return there("packages", "all are cached and as deno.lock says");
    const said = new TextDecoder().decode(stderr).split("\n").map((line) => line.trim()).filter(Boolean);
    const reason = said.find((line) => line.startsWith("error"))?.replace(/^error: /, "") ??
      "Deno does not say why";
    return lacking(
      "packages",
      "needed",
      reason.replace(/\.$/, ""),
      "connect to the network and run `deno task setup`",
    );
  });
}
