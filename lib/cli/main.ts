/**
 * The one entry. `deno task <command> [options]` runs `lib/cli/<command>.ts`, whose `run(args)` returns the exit
 * code. A user's mistake (`InputError`) prints its message alone; `--debug` adds the stack.
 */
import { InputError } from "../errors.ts";

/** What a command file exports. */
export interface Command {
  /** Runs the command with the arguments after its name; returns the process exit code. */
  run(args: string[]): Promise<number>;
}

const commands: Record<string, () => Promise<Command>> = {
  bench: () => import("./bench.ts"),
  data: () => import("./data.ts"),
  ok: () => import("./ok.ts"),
  reproduce: () => import("./reproduce.ts"),
  score: () => import("./score.ts"),
  setup: () => import("./setup.ts"),
  train: () => import("./train.ts"),
};

/** An option that `node:util`'s parseArgs refuses is the user's mistake like any other. */
function isUsersMistake(error: unknown): error is Error {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof InputError || (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS"));
}

/** Dispatches `argv` to its command. Throws `InputError` for an unknown command. */
export async function main(argv: string[]): Promise<number> {
  const [name, ...args] = argv;
  const load = commands[name ?? ""];
  if (!load) {
    throw new InputError(
      `Unknown command "${name ?? ""}"; expected one of ${Object.keys(commands).join(", ")}.`,
    );
  }
  return (await load()).run(args.filter((arg) => arg !== "--debug"));
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    const known = isUsersMistake(error) && !Deno.args.includes("--debug");
    console.error(known ? `error: ${error.message}` : error);
    Deno.exit(error instanceof Error && error.name === "Stopped" ? 130 : 1);
  }
}
