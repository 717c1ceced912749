import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.ts";
import { withExample } from "../runs/example_run.ts";
import { type Answer, answerBlock, answerLines, answerObject, run, timedAsk } from "./predict.ts";
import type { TextLine } from "./text_lines.ts";

const answer: Answer = {
  label: "positive",
  probabilities: [0.25, 0.75],
  path: "0110",
  tokens: 8,
  cutFrom: null,
  ms: 3.14159,
};
const labels = ["negative", "positive"];

Deno.test("an answer for people says label, probabilities, path and time", () => {
  assert.equal(
    answerBlock(answer, labels),
    [
      "label          positive",
      "probabilities  negative 0.250, positive 0.750",
      "path           0110 (2 of 4 layers executed)",
      "time           3.1 ms",
    ].join("\n"),
  );
  const score = answerBlock({ ...answer, label: "3.500", probabilities: [], cutFrom: 40 }, []);
  assert.match(score, /^score {10}3\.500\npath /);
  assert.match(score, /note {11}cut to the first 8 of 40 tokens$/);
});

Deno.test("an answer for programs is a flat object", () => {
  assert.deepEqual(answerObject(answer, labels, 7), {
    line: 7,
    label: "positive",
    probabilities: { negative: 0.25, positive: 0.75 },
    path: "0110",
    executedLayers: 2,
    numLayers: 4,
    tokens: 8,
    ms: 3.142,
  });
  const { score, cutFrom, line } = answerObject({ ...answer, label: "3.500", cutFrom: 40 }, []);
  assert.deepEqual([score, cutFrom, line], [3.5, 40, undefined]);
});

Deno.test("timedAsk asks once more before the first answer and takes the time of each", async () => {
  const asked: string[] = [];
  let clock = 0;
  const predict = (text: string) => {
    asked.push(text);
    clock += 5;
    return Promise.resolve(answer);
  };
  const ask = timedAsk({ predict }, () => clock);
  assert.deepEqual([(await ask("a")).ms, (await ask("b")).ms], [5, 5]);
  assert.deepEqual(asked, ["a", "a", "b"]);
});

async function* lines(...texts: (string | TextLine)[]): AsyncGenerator<TextLine> {
  for (const [at, text] of texts.entries()) {
    yield typeof text === "string" ? { number: at + 1, text, problem: null } : text;
  }
}

Deno.test("answerLines answers each line before it reads the next, and goes on after a bad one", async () => {
  const seen: string[] = [];
  const ask = (text: string, pair?: string) => {
    if (!text) throw new InputError("Found an empty sentence.");
    return Promise.resolve({ ...answer, label: `${text}/${pair}` });
  };
  async function* logged() {
    const tooLong = { number: 3, text: "", problem: "it is too long" };
    for await (const line of lines("a", "b\tc", tooLong, "", "d\te\tf", "g")) {
      seen.push(`read ${line.number}`);
      yield line;
    }
  }
  const failed = await answerLines(logged(), ask, {
    answer: (line, { label }) => seen.push(`${line} ${label}`),
    problem: (line, message) => seen.push(`${line} ${message}`),
  });
  assert.equal(failed, 3);
  assert.deepEqual(seen, [
    ...["read 1", "1 a/undefined", "read 2", "2 b/c"],
    ...["read 3", "3 This line is left out: it is too long."],
    ...["read 4", "4 Found an empty sentence."],
    ...["read 5", "5 Found 3 columns; expected a sentence, or two with one tab between them."],
    ...["read 6", "6 g/undefined"],
  ]);
});

Deno.test("answerLines does not take a fault of ours for the line's", async () => {
  const ask = () => Promise.reject(new TypeError("ours"));
  await assert.rejects(answerLines(lines("a"), ask, { answer: () => {}, problem: () => {} }), TypeError);
});

Deno.test("predict refuses options that do not go together", async () => {
  const refused = (args: string[], message: RegExp) =>
    assert.rejects(run(args), { name: "InputError", message });
  await refused([], /predict needs --run/);
  await refused(["--run", "x", "--pair", "b"], /give the first one with --text/);
  await refused(["--run", "/nowhere", "--text", "a"], /"\/nowhere" does not exist/);
});

Deno.test("predict takes --text with a tab for two sentences, as a line of standard input", async () => {
  await withExample("sts-b", async ({ paths }) => {
    const said = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", entry, "predict", "--run", paths.record, "--json", ...args],
        env: { DPB_BACKEND: "wasm", NO_COLOR: "1" },
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      const { ms: _, ...answer } = JSON.parse(new TextDecoder().decode(stdout));
      return answer;
    };
    assert.deepEqual(
      await said("--text", "a good horse\tit was bad"),
      await said("--text", "a good horse", "--pair", "it was bad"),
    );
  });
});

const entry = fileURLToPath(new URL("./main.ts", import.meta.url));

Deno.test("predict answers a line of standard input while the next one is still to come", async () => {
  await withExample("sst-2", async ({ paths }) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", entry, "predict", "--run", paths.record, "--json"],
      env: { DPB_BACKEND: "wasm", NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const stdin = child.stdin.getWriter();
    const stdout = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const write = (line: string) => stdin.write(new TextEncoder().encode(line));
    let said = "";
    const answered = async () => {
      while (!said.includes("\n")) {
        const { value, done } = await stdout.read();
        assert.ok(!done, said);
        said += value;
      }
      const end = said.indexOf("\n"), found = JSON.parse(said.slice(0, end));
      said = said.slice(end + 1);
      return found;
    };
    await write("it was a good horse .\n");
    const first = await answered();
    assert.deepEqual([first.line, first.numLayers, Object.keys(first.probabilities)], [1, 4, labels]);
    await write("\n");
    assert.deepEqual(await answered(), { line: 2, error: "Found an empty sentence; expected some text." });
    await stdin.write(Uint8Array.of(255, 10));
    assert.match((await answered()).error, /not UTF-8/);
    await write(`${"a".repeat(1_000_000)}\n`);
    assert.match((await answered()).error, /it has 1000000 bytes; expected at most 65536/);
    await write("it was a good horse .");
    await stdin.close();
    const last = await answered();
    assert.deepEqual([last.line, last.label, last.path], [5, first.label, first.path]);
    assert.equal((await stdout.read()).done, true);
    const problems = await new Response(child.stderr).text();
    assert.deepEqual([(await child.status).code, problems], [1, ""]);
  });
});
