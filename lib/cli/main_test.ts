import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
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
