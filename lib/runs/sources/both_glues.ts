/** Micro-GLUE's rows beside those of the reader's own copy of GLUE. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSplit, taskById } from "../../glue/mod.ts";
import { microDev, microTasks } from "../../micro/mod.ts";

/** One row's text and its label as the file writes it. */
interface Row {
  a: string;
  b: string | null;
  label: string;
}

/**
 * The first dev row of every micro-GLUE task and, where `glueDir` has the task's folder, of GLUE's. Throws `InputError`
 * for a file that cannot be read.
 */
export async function bothGlues(
  glueDir: string,
): Promise<{ task: string; generated: Row; real: Row | null }[]> {
  return await Promise.all(microTasks.map(async (id) => {
    const task = taskById(id), { examples: [generated] } = microDev(id);
    if (!existsSync(join(glueDir, task.folder))) return { task: id, generated, real: null };
    const { examples: [{ a, b, labelText }] } = await readSplit(task, glueDir, "dev");
    return { task: id, generated, real: { a, b, label: labelText! } };
  }));
}
