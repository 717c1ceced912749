/** `deno task clean [--what KINDS | --all] [--yes]`: says what could be deleted and what that costs; deletes with `--yes` only. */
import { readConfig } from "../config.ts";
import { InputError } from "../errors.ts";
import { sizeText } from "../files/download.ts";
import { findRemovable, type Kind, kinds, type Places, type Removable, remove } from "./removable.ts";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** What `--help` prints. */
export const usage = `deno task clean [--what ${
  Object.keys(kinds).join()
}] [--all] [--yes]: says what can be deleted
  --what KINDS  some of those kinds, with a comma between
  --all         all of them
  --yes         deletes what --what or --all names`;

const projectRoot = fileURLToPath(new URL("../../", import.meta.url));

/** What the options ask for. */
export interface Cleaning {
  kinds: Kind[];
  /** Whether to delete. */
  yes: boolean;
}

/** Without `--what` everything is shown. Throws `InputError` for an unknown kind, and for `--yes` that names none. */
export function cleaningOf(args: string[]): Cleaning {
  const { values } = parseArgs({
    args,
    options: {
      what: { type: "string" },
      all: { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
    },
  });
  const every = Object.keys(kinds) as Kind[];
  const named = values.what?.split(",").map((name) => name.trim());
  const unknown = named?.find((name) => !Object.hasOwn(kinds, name));
  if (unknown !== undefined) {
    throw new InputError(`Unknown kind "${unknown}" in --what; expected a list out of ${every.join(", ")}.`);
  }
  if (values.yes && !named && !values.all) {
    throw new InputError(
      `--yes needs what to delete: --what with a list out of ${
        every.join(", ")
      }, or --all. Nothing was deleted.`,
    );
  }
  return {
    kinds: values.all || !named ? every : every.filter((kind) => named.includes(kind)),
    yes: values.yes,
  };
}

/** Lists, and with `--yes` deletes. Returns 1 if something that was to go could not be deleted. */
export async function run(args: string[]): Promise<number> {
  return await clean(cleaningOf(args), { root: projectRoot, results: readConfig().results }, console.log);
}

/** See `run`; `say` gets the lines. */
export async function clean(wish: Cleaning, places: Places, say: (line: string) => void): Promise<number> {
  const items = await findRemovable(wish.kinds, places);
  if (items.length === 0) say("nothing to delete");
  let failures = 0;
  for (const kind of wish.kinds) {
    const lines = items.filter((item) => item.kind === kind);
    if (lines.length > 0) say(`${kind}, ${total(lines)}: ${kinds[kind]}`);
    for (const item of lines) {
      const kept = item.kept ?? (wish.yes ? await removed(item, places) : null);
      if (wish.yes && kept?.startsWith("error")) failures++;
      say(line(item, places.root, kept, wish.yes));
    }
  }
  if (!wish.yes && items.length > 0) {
    const found = wish.kinds.filter((kind) => items.some((item) => item.kind === kind && item.kept === null));
    say(`nothing was deleted${suggestion(found)}`);
  }
  return failures > 0 ? 1 : 0;
}

function total(items: readonly Removable[]): string {
  return sizeText(items.reduce((sum, { bytes }) => sum + bytes, 0));
}

/** How to delete what was found. Own results may be weeks of work, so they are no part of a line that is copied. */
function suggestion(found: readonly Kind[]): string {
  const safe = found.filter((kind) => kind !== "local");
  return (safe.length > 0 ? `; to delete: deno task clean --yes --what ${safe.join()}` : "") +
    (found.includes("local") ? "; own results go only where `--what` names local" : "");
}

/** Why `item` is still there, or null. */
async function removed(item: Removable, places: Places): Promise<string | null> {
  try {
    return await remove(item, places);
  } catch (error) {
    return `error: ${(error as Error).message}`;
  }
}

function line(
  { path, bytes, again }: Removable,
  root: string,
  kept: string | null,
  deleted: boolean,
): string {
  const place = relative(root, path), size = sizeText(bytes).padStart(12);
  if (kept !== null) return `${size}  ${place}: stays, ${kept}`;
  return `${size}  ${place}: ${deleted ? "deleted, " : ""}${again}`;
}
