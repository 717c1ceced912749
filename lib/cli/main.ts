/**
 * The one entry. `deno task <command> [options]` runs `lib/cli/<command>.ts`, whose `run(args)` returns the exit
 * code. A user's mistake (`InputError`) prints its message alone; `--debug` adds the stack.
 */
import { InputError } from "../errors.ts";

/** What a command file exports. */
export interface Command {
  /** Runs the command with the arguments after its name; returns the process exit code. */
  run(args: string[]): Promise<number>;
  /** What `--help` prints; the first line shows every option. */
  usage: string;
}

/** What each does stands here, because loading them all takes seconds. */
const commands: Record<string, { does: string; load: () => Promise<Command> }> = {
  bench: { does: "measures latency, training, backends, faults", load: () => import("./bench.ts") },
  clean: { does: "says what can be deleted, and deletes it", load: () => import("./clean.ts") },
  data: { does: "writes generated rows as GLUE's files", load: () => import("./data.ts") },
  doctor: { does: "what this machine has and lacks", load: () => import("./doctor.ts") },
  evaluate: { does: "a trained model's scores on a split", load: () => import("./evaluate.ts") },
  notebook: { does: "opens JupyterLab on the notebooks", load: () => import("./notebook.ts") },
  ok: { does: "checks the project before a commit", load: () => import("./ok.ts") },
  predict: { does: "what a trained model says of a text", load: () => import("./predict.ts") },
  report: { does: "tables and figures again from the records", load: () => import("./report.ts") },
  pretrain: { does: "makes micro-GLUE's BERT again", load: () => import("./pretrain.ts") },
  reproduce: { does: "everything from set-up to tables", load: () => import("./reproduce.ts") },
  score: { does: "scores a leaderboard file", load: () => import("./score.ts") },
  setup: { does: "gets what later commands need", load: () => import("./setup.ts") },
  submission: { does: "test predictions as the leaderboard's zip", load: () => import("./submission.ts") },
  train: { does: "one run, one record", load: () => import("./train.ts") },
  tune: { does: "tries settings on held-out training rows", load: () => import("./tune.ts") },
};

function overview(): string {
  const lines = Object.entries(commands).map(([name, { does }]) => `  ${name.padEnd(10)} ${does}`);
  return ["deno task <command> [options]; `deno task <command> --help` shows the options", ...lines].join(
    "\n",
  );
}

const asksForHelp = (arg: string) => arg === "--help" || arg === "-h";

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

/** Runs `command`; an option that it does not take is refused together with those that it does. */
async function runWith(command: Command, args: string[]): Promise<number> {
  try {
    return await command.run(args);
  } catch (error) {
    if (!isUsersMistake(error) || error instanceof InputError) throw error;
    const [said] = error.message.split(/\.(?:\s|$)/);
    const dash = /use ('.*')/.exec(error.message)?.[1]; // what node advises for a value like an option
    error.message = `${said}. ${
      dash ? `A value that begins with a dash is written ${dash}.` : `Usage: ${command.usage.split("\n")[0]}`
    }`;
    throw error;
  }
}

/** Dispatches `argv` to its command, or prints help. Throws `InputError` for an unknown command and for none. */
export async function main(argv: string[]): Promise<number> {
  const [name, ...args] = argv;
  const help = name === "help" || asksForHelp(name ?? "");
  if (help && (args.length === 0 || !Object.hasOwn(commands, args[0]))) {
    console.log(overview());
    return 0;
  }
  if (help) return await main([args[0], "--help"]);
  if (name === undefined) {
    console.log(overview());
    throw new InputError("No command was given; expected one of those above.");
  }
  if (!Object.hasOwn(commands, name)) {
    throw new InputError(
      `Unknown command "${name}"; expected one of ${Object.keys(commands).join(", ")}.`,
    );
  }
  const command = await commands[name].load();
  const end = args.indexOf("--"), own = end < 0 ? args : args.slice(0, end); // what follows goes to JupyterLab
  if (own.some(asksForHelp)) {
    console.log(command.usage);
    return 0;
  }
  return await runWith(command, args.filter((arg) => arg !== "--debug"));
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
