import assert from "node:assert/strict";
import { runCommand } from "../../cli/main.ts";
import { type Command, type Fault, groups, type Place } from "./fault.ts";
import { faults } from "./faults.ts";
import { complaints, messageOf, sentences } from "./judge.ts";
import { asProcess, environment, meet, type RunCommand } from "./run.ts";
import { trainOn, writeSound } from "./sound.ts";

/** The command inside this process: its environment and what it says on the console are swapped meanwhile. */
async function inside(command: Command, place: Place) {
  const before = Deno.env.toObject(), wanted = environment(command, place);
  const said: string[] = [];
  const { log, error } = console;
  console.log = () => {};
  console.error = (...values) => said.push(...values.map(String));
  for (const name of Object.keys(before)) if (!(name in wanted)) Deno.env.delete(name);
  for (const [name, value] of Object.entries(wanted)) Deno.env.set(name, value);
  let limit: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<null>((resolve) => limit = setTimeout(() => resolve(null), 60_000));
  try {
    return { code: await Promise.race([runCommand(command.argv), tooLong]), said: said.join("\n") };
  } finally {
    clearTimeout(limit);
    [console.log, console.error] = [log, error];
    for (const name of Object.keys(wanted)) if (!(name in before)) Deno.env.delete(name);
    for (const [name, value] of Object.entries(before)) Deno.env.set(name, value);
  }
}

/** What is wrong with what came of the fault; "" if nothing is. */
async function problemsOf(fault: Fault, run: RunCommand = inside): Promise<string> {
  const outcome = await meet(fault, run);
  if (!outcome) return "";
  const found = complaints(fault, outcome);
  return found.length === 0 ? "" : `${found.join("; ")}. It said: ${outcome.said.slice(0, 2000)}`;
}

// A command listens for Ctrl-C until its process ends.
const leaveSignals = { sanitizeOps: false, sanitizeResources: false };

for (const group of groups) {
  const met = faults.filter((fault) => fault.group === group && !fault.processOnly);
  if (met.length === 0) continue;
  Deno.test({
    name: `every malformed thing of the kind "${group}" is refused in one or two sentences that name it`,
    ...leaveSignals,
    async fn(t) {
      for (const fault of met) {
        await t.step(fault.name, async () => assert.equal(await problemsOf(fault), ""));
      }
    },
  });
}

const asProcesses = [
  "a NUL byte in a sentence",
  "offsets that overlap",
  "an option that does not exist",
  "no room for a file beyond 8 KB",
  "a backend that is not there",
  "an archive that is not there",
];

for (const fault of faults.filter(({ name }) => asProcesses.includes(name))) {
  Deno.test({
    name: `${fault.group}: ${fault.name} ends a process as it should`,
    ignore: Deno.build.os === "windows",
    fn: async () => assert.equal(await problemsOf(fault, asProcess), ""),
  });
}

Deno.test("the files that the faults break are sound, and --debug shows the stack", async () => {
  const sound: Fault = {
    group: "TSV",
    name: "none",
    make: async ({ folder }) => trainOn(await writeSound(folder)),
    expects: [],
  };
  const { code, left } = (await meet(sound, asProcess))!;
  assert.equal(code, 0);
  assert.ok(left.includes("results/glue/runs/sst-2/bert-epochs=1-maxLength=32-s0.json"), left.join());
  const debugged: [string[], RegExp][] = [
    [["train", "--task", "none", "--debug"], /InputError: Unknown task "none".*\n\s+at .*tasks\.ts:\d+/],
    [["--debug", "trian"], /InputError: Unknown command "--debug".*\n\s+at .*main\.ts:\d+/],
    [["score", "--debug", "--sede"], /InputError: Unknown option '--sede'.*\n\s+at .*score\.ts:\d+/],
  ];
  for (const [argv, expected] of debugged) {
    const refused = (await meet({ ...sound, make: () => ({ argv }) }, asProcess))!;
    assert.equal(refused.code, 1);
    assert.match(refused.said, expected);
  }
});

Deno.test("the table holds at least 45 faults, of every kind and under names of their own", () => {
  assert.ok(faults.length >= 45);
  assert.deepEqual([...new Set(faults.map(({ group }) => group))], [...groups]);
  const names = faults.map(({ group, name }) => `${group}: ${name}`);
  assert.equal(new Set(names).size, names.length);
});

Deno.test("complaints finds each thing that an error must not do", () => {
  const found = (changes: { code?: number | null; said?: string; left?: string[] }) =>
    complaints({ expects: [/line 3/] }, {
      code: 1,
      said: "note\nerror: f.tsv line 3: found x. Fetch it again.\n",
      left: [],
      ...changes,
    });
  assert.deepEqual(found({}), []);
  assert.deepEqual(found({ code: null }), ["it did not end"]);
  assert.deepEqual(found({ code: 0 }), ["its exit code is 0"]);
  assert.deepEqual(found({ said: "error: no" }), ["its message does not say /line 3/"]);
  assert.deepEqual(found({ said: "oops" }), ["it says no error", "its message does not say /line 3/"]);
  assert.deepEqual(found({ said: "error: line 3. A b. C d.\n" }), ["its message has 3 sentences"]);
  const stack = "Error: line 3\n    at parse (file:///lib/x.ts:1:2)\nerror: line 3";
  assert.deepEqual(found({ said: stack }), ["it shows a stack trace"]);
  assert.deepEqual(found({ said: "error: line 3\nmore" }), ["its message has several lines"]);
  const left = ["results/glue/runs/.a.json.1-2.tmp", "results/glue/checkpoints/rte/s0/stage1-ab.safetensors"];
  assert.deepEqual(found({ left }), ["it leaves results/glue/runs/.a.json.1-2.tmp"]);
});

Deno.test("sentences counts what a reader would", () => {
  assert.equal(sentences("No run at /a/b.c/d.json."), 1);
  assert.equal(sentences('Found "a. b. c" (see x. y.), e.g. 1.5 of CoLA, MRPC ... Set it'), 1);
  assert.equal(sentences("A is missing. Run `deno task setup. Now`, or set B to c/d.e."), 2);
  assert.equal(messageOf("error: a\nerror: b\n"), "b");
  assert.equal(messageOf("nothing"), null);
});
