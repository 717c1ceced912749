/**
 * `deno task predict --run <record or folder> --text "..." [--pair "..."]`: what a trained model says of a text, its
 * path and the time it took. Without `--text`, of every line of standard input, each answered as soon as it is read. A tab
 * separates the sentences of a pair in both.
 */
import { parseArgs } from "node:util";
import { readBertConfig } from "../bert/mod.ts";
import { readConfig } from "../config.ts";
import { InputError } from "../errors.ts";
import { executedLayers } from "../methods/mod.ts";
import { type Prediction, type Predictor, predictorOf } from "../runs/predictor.ts";
import { findSaved, type SavedRun } from "../runs/finished/saved.ts";
import { openSaved } from "../runs/finished/saved_model.ts";
import { chooseBackend } from "./backend.ts";
import { type TextLine, textLines } from "./text_lines.ts";

/** What `--help` prints. */
export const usage = `deno task predict --run RECORD|FOLDER [--text TEXT] [--pair TEXT] [--json]
  --run   the record of a run, or the folder of a trained model
  --text  the sentence; without it every line of standard input is one (a tab between the two of a pair)
  --pair  the second sentence, where the task takes two
  --json  for programs: an object per answer`;

/** A prediction and how long it took from text to label. */
export interface Answer extends Prediction {
  ms: number;
}

type Ask = (text: string, pair?: string) => Promise<Answer>;

/** Asks `predictor` by the clock; the first text is asked twice, because the first pass also warms up. */
export function timedAsk(predictor: Pick<Predictor, "predict">, now: () => number): Ask {
  let warm = false;
  return async (text, pair) => {
    if (!warm) await predictor.predict(text, pair);
    warm = true;
    const started = now();
    const prediction = await predictor.predict(text, pair);
    return { ...prediction, ms: now() - started };
  };
}

const rounded = (x: number) => Number(x.toFixed(6));

/** For programs: a flat object; `line` is the line of standard input. */
export function answerObject(answer: Answer, labels: string[], line?: number): Record<string, unknown> {
  const { label, probabilities, path, tokens, cutFrom, ms } = answer;
  const regression = labels.length === 0;
  return {
    ...(line === undefined ? {} : { line }),
    ...(regression ? { score: Number(label) } : {
      label,
      probabilities: Object.fromEntries(labels.map((name, at) => [name, rounded(probabilities[at])])),
    }),
    path,
    executedLayers: executedLayers(path),
    numLayers: path.length,
    tokens,
    ...(cutFrom === null ? {} : { cutFrom }),
    ms: Number(ms.toFixed(3)),
  };
}

/** For people: four lines or five. */
export function answerBlock(answer: Answer, labels: string[]): string {
  const { label, probabilities, path, tokens, cutFrom, ms } = answer;
  const of = labels.map((name, at) => `${name} ${probabilities[at].toFixed(3)}`).join(", ");
  return [
    ...(labels.length === 0 ? [`score          ${label}`] : [
      `label          ${label}`,
      `probabilities  ${of}`,
    ]),
    `path           ${path} (${executedLayers(path)} of ${path.length} layers executed)`,
    `time           ${ms.toFixed(1)} ms`,
    ...(cutFrom === null ? [] : [`note           cut to the first ${tokens} of ${cutFrom} tokens`]),
  ].join("\n");
}

/** Where answers go. */
interface Outlet {
  answer(line: number, answer: Answer): void;
  problem(line: number, message: string): void;
}

/** Answers line by line, a tab between the sentences of a pair. Returns the number of lines without an answer. */
export async function answerLines(lines: AsyncIterable<TextLine>, ask: Ask, outlet: Outlet): Promise<number> {
  let failed = 0;
  for await (const { number, text, problem } of lines) {
    try {
      if (problem) throw new InputError(`This line is left out: ${problem}.`);
      outlet.answer(number, await ask(...sentences(text)));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failed++;
      outlet.problem(number, error.message);
    }
  }
  return failed;
}

/** The sentence of a line, or the two that a tab separates. Throws `InputError` for more. */
function sentences(text: string): [string, string?] {
  const [a, b, ...rest] = text.split("\t");
  if (rest.length === 0) return b === undefined ? [a] : [a, b];
  throw new InputError(
    `Found ${rest.length + 2} columns; expected a sentence, or two with one tab between them.`,
  );
}

/** A line on stdout. `console.log` would not say that nobody reads any more. */
function print(text: string): void {
  const bytes = new TextEncoder().encode(`${text}\n`);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/** Plain text on the screen, or with `json` one object per line, alone on stdout. */
function outletFor(labels: string[], json: boolean): Outlet {
  if (json) {
    return {
      answer: (line, answer) => print(JSON.stringify(answerObject(answer, labels, line))),
      problem: (line, error) => print(JSON.stringify({ line, error })),
    };
  }
  return {
    answer: (line, answer) => print(`${line > 1 ? "\n" : ""}${answerBlock(answer, labels)}`),
    problem: (line, message) => console.error(`${line > 1 ? "\n" : ""}line ${line}: ${message}`),
  };
}

/** Tokens in the shape that `auto` is decided by; a single text is rarely longer. */
const typicalTokens = 48;

/** Opens a saved model on the backend that suits `batchSize` inputs at a time. */
export async function openOnBackend(saved: SavedRun, batchSize: number) {
  const config = await readBertConfig(saved.folder);
  const shape = { config, batchSize, tokens: typicalTokens, trainEmbeddings: false };
  const backend = await chooseBackend(readConfig(), shape, (line) => console.error(line));
  return { backend, model: await openSaved(saved, backend) };
}

/** See the file's first lines. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      run: { type: "string" },
      text: { type: "string" },
      pair: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  if (!values.run) {
    throw new InputError("predict needs --run, the record of a run or the folder of a trained model.");
  }
  if (values.pair !== undefined && values.text === undefined) {
    throw new InputError("--pair is the second sentence; give the first one with --text.");
  }
  const { model } = await openOnBackend(await findSaved(values.run), 1);
  const predictor = predictorOf(model), { labels } = predictor;
  const ask = timedAsk(predictor, () => performance.now());
  if (values.text !== undefined) {
    const answer =
      await (values.pair === undefined ? ask(...sentences(values.text)) : ask(values.text, values.pair));
    print(values.json ? JSON.stringify(answerObject(answer, labels)) : answerBlock(answer, labels));
    return 0;
  }
  if (Deno.stdin.isTerminal()) console.error("A sentence per line (a tab between two); Ctrl-D ends.");
  const outlet = outletFor(labels, values.json);
  try {
    return await answerLines(textLines(Deno.stdin.readable), ask, outlet) > 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return 0; // as with "| head": enough has been read
    throw error;
  }
}
