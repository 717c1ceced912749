import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { usage as cleanUsage } from "./clean.ts";
import { main } from "./main.ts";

const entry = fileURLToPath(new URL("./main.ts", import.meta.url));

/** Runs the command line as a user does. */
async function runMain(args: string[], env: Record<string, string> = {}) {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", entry, ...args],
    env: { NO_COLOR: "1", ...env },
  }).output();
  return { code, said: new TextDecoder().decode(stderr) };
}

Deno.test("main names the commands when it does not know one", async () => {
  await assert.rejects(main(["trian"]), { name: "InputError", message: /"trian".*reproduce.*train/ });
});

Deno.test("a user's mistake is one line without a stack, and the exit code is not 0", async () => {
  const mistakes: [string[], Record<string, string>, RegExp][] = [
    [["reproduce", "--foo"], {}, /^error: Unknown option '--foo'/],
    [["train", "--task", "mrpc"], { DPB_PROFILE: "big" }, /^error: DPB_PROFILE="big"/],
    [["train", "--profile", "smoke", "--task", "foo"], {}, /^error: Unknown task "foo"/],
    [
      ["train", "--profile", "glue", "--task", "mrpc"],
      { DPB_GLUE_DIR: "/nowhere" },
      /\/nowhere|setup --weights/,
    ],
  ];
  for (const [args, env, expected] of mistakes) {
    const { code, said } = await runMain(args, env);
    assert.equal(code, 1, args.join(" "));
    assert.match(said, expected);
    assert(!said.includes("    at "), said);
  }
});

Deno.test("what the operating system refuses is one line that names the file, and --debug shows where", async () => {
  const { code, said } = await runMain(["ok", "/no/such/project"]);
  assert.equal(code, 1);
  assert.match(
    said,
    /^error: The system refuses: .*\/no\/such\/project\/deno\.json.* With --debug it says where\.\n$/,
  );
  assert.match((await runMain(["ok", "/no/such/project", "--debug"])).said, /\n\s+at .*ok\.ts:\d+/);
});

async function printed(args: string[]) {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", entry, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  return { code, text: new TextDecoder().decode(stdout) };
}

Deno.test("--help and help list the commands, and a command's --help its options; no command is a mistake", async () => {
  for (const args of [["--help"], ["help"]]) {
    const { code, text } = await printed(args);
    assert.equal(code, 0);
    assert.match(text, /^deno task <command>.*\n +bench .*[^]*\n +train +one run, one record\n +tune .*\n$/);
  }
  for (const args of [["clean", "--help"], ["help", "clean"], ["clean", "-h"]]) {
    const { code, text } = await printed(args);
    assert.deepEqual([code, text.split("\n")[0]], [0, cleanUsage.split("\n")[0]]);
  }
  const none = await runMain([]);
  assert.deepEqual([none.code, none.said], [
    1,
    "error: No command was given; expected one of those above.\n",
  ]);
});

const parsing = "bench clean evaluate predict report reproduce score setup submission train tune"
  .split(" ");

for (const name of parsing) {
  Deno.test(`the options in the usage of ${name} are those that it takes, and an unknown one is answered with them`, async () => {
    const { usage } = await import(`./${name}.ts`) as { usage: string };
    const [line] = usage.split("\n"), options = [...line.matchAll(/(--[a-z-]+)( [^\s\]]+)?/g)];
    assert.ok(options.length > 0);
    const given = options.map(([, option, value]) => value ? `${option}=x` : option);
    const error = await main([name, ...given, "--no-such-option"]).then(() => assert.fail(), (e: Error) => e);
    assert.ok(
      error.message.startsWith("Unknown option '--no-such-option'. Usage: deno task "),
      error.message,
    );
    assert.ok(error.message.includes(line), error.message);
  });
}

Deno.test("an option whose value may be another option is answered in two sentences that say how to write it", async () => {
  const error = await main(["report", "--into", "-x"]).then(() => assert.fail(), (e: Error) => e);
  assert.match(error.message, /^Option '--into' argument is ambiguous\. .*'--into=-XYZ'/);
  assert.ok(!error.message.includes("\n"));
});
