/** This project's code as a project of its own, for benchmarks that let commands work on it. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A project below `folder` with this one's code, but without notebooks, caches and results; `entry` is its command line. */
export async function ownProject(folder: string): Promise<{ project: string; entry: string }> {
  const project = join(folder, "project");
  for (const name of ["notebooks", "results", "data"]) {
    await Deno.mkdir(join(project, name), { recursive: true });
  }
  for (const name of ["deno.json", "deno.lock"]) await Deno.copyFile(join(root, name), join(project, name));
  await Deno.symlink(join(root, "data", "paper"), join(project, "data", "paper"));
  await Deno.symlink(join(root, "lib"), join(project, "lib"));
  return { project, entry: join(project, "lib", "cli", "main.ts") };
}
