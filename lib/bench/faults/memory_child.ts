/**
 * Reads large malformed files of one kind and prints for each how far this process's memory has ever grown beyond what it
 * held at the start (Linux), in MB, and what came of it. The arguments are a folder to work in and the kind.
 */
import { join } from "node:path";
import { readSplitFile, taskById } from "../../glue/mod.ts";
import { parseCurve, parsePredictions, parseRunRecord } from "../../runs/records/record.ts";
import { readSafetensors } from "../../tensor/safetensors.ts";

const megabytes = 20_000_000;
const [folder, kind] = Deno.args, path = join(folder, "large");

/** A file that begins with `head` and goes on with `body` again and again. */
async function lay(head: string, body: string): Promise<string> {
  const encoder = new TextEncoder(), piece = encoder.encode(body.repeat(Math.ceil(100_000 / body.length)));
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  await file.write(encoder.encode(head));
  for (let bytes = 0; bytes < megabytes; bytes += piece.length) await file.write(piece);
  return path;
}

const split = (task: "sst-2" | "qqp", head: string, body: string) => async () =>
  await readSplitFile(taskById(task), await lay(head, body), "train");

const text = (parse: (text: string, file: string) => unknown, head: string, body: string) => async () =>
  parse(await Deno.readTextFile(await lay(head, body)), path);

/** Weights whose header is announced to have so many bytes and begins with `header`. */
const weights = (announced: number, header: string) => async () => {
  await lay(`8 bytes.${header}`, " ");
  using file = await Deno.open(path, { write: true });
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(announced), true);
  await file.write(length);
  await readSafetensors(path);
};

const sst = "sentence\tlabel\n", qqp = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n";
const entries = Array.from({ length: 150_000 }, (_, at) => `"${at}":0,`).join("");

/** Those of a reader that holds no file whole are read one after the other by one process. */
const readings: Record<string, Record<string, () => Promise<unknown>>> = {
  "GLUE's files": {
    "a line of tabs": split("sst-2", sst, "\t"),
    "lines of tabs": split("sst-2", sst, `${"\t".repeat(50_000)}\n`),
    "line feeds": split("sst-2", sst, "\n"),
    "line feeds where short rows are dropped": split("qqp", qqp, "\n"),
    "good rows, then one line": split("sst-2", sst + "it was good\t1\n".repeat(10_000), "x"),
  },
  predictions: { "line feeds": text(parsePredictions, "id\tlabel\tprediction\tpath\n", "\n") },
  curves: { "line feeds": text(parseCurve, "", "\n") },
  records: { keys: text(parseRunRecord, "{", '"a":[],') },
  weights: {
    "a header of 10 GB": weights(10_000_000_000, "{"),
    "a header of everything": weights(megabytes, `{${entries}`),
    "a header as long as it may be": weights(2_000_000, `{${entries}"x":0}`),
  },
};

const kilobytes = (name: string) =>
  Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(Deno.readTextFileSync("/proc/self/status"))![1]);

const atStart = kilobytes("VmRSS");
const found = [];
for (const [name, read] of Object.entries(readings[kind])) {
  const outcome = await read().then(() => "a value", (error: Error) => error.name);
  found.push({ name, outcome, grownMb: (kilobytes("VmHWM") - atStart) / 1000 });
}
console.log(JSON.stringify(found));
