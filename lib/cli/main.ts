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
  clean: () => import("./clean.ts"),
  data: () => import("./data.ts"),
  doctor: () => import("./doctor.ts"),
  evaluate: () => import("./evaluate.ts"),
  notebook: () => import("./notebook.ts"),
  ok: () => import("./ok.ts"),
  predict: () => import("./predict.ts"),
  report: () => import("./report.ts"),
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

/** What the operating system refuses where nobody expected it (a folder that may not be read, a disk that is full). */
function isRefusal(error: unknown): error is Error {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof Error && typeof code === "string" && /^E[A-Z]+$/.test(code);
}

/** Dispatches `argv` to its command. Throws `InputError` for an unknown command. */
export async function main(argv: string[]): Promise<number> {
  const [name, ...args] = argv;
  if (!Object.hasOwn(commands, name ?? "")) {
    throw new InputError(
      `Unknown command "${name ?? ""}"; expected one of ${Object.keys(commands).join(", ")}.`,
    );
  }
  return (await commands[name]()).run(args.filter((arg) => arg !== "--debug"));
}

function shown(error: unknown): unknown {
  if (isUsersMistake(error)) return `error: ${error.message}`;
  return isRefusal(error)
    ? `error: The system refuses: ${error.message}. With --debug it says where.`
    : error;
}

/**
 * Runs `argv` as a process does and returns the exit code. What goes wrong is a line on stderr; its stack is shown for
 * `--debug`, and when the mistake is ours.
 */
export async function runCommand(argv: string[]): Promise<number> {
  try {
    return await main(argv);
  } catch (error) {
    console.error(argv.includes("--debug") ? error : shown(error));
    return error instanceof Error && error.name === "Stopped" ? 130 : 1;
  }
}

if (import.meta.main) Deno.exit(await runCommand(Deno.args));
