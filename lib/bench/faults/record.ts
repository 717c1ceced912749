/** Records that were cut off, edited, copied or written by another build. */
import { dirname, join } from "node:path";
import { exampleRecord } from "../../runs/records/example_records.ts";
import type { Fault, Place } from "./fault.ts";
import { asProcess } from "./run.ts";

const ours = { profile: "smoke", task: "sst-2", method: "bert", parent: null };
const sound = JSON.stringify(exampleRecord(ours));

async function put(file: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeTextFile(file, text);
}

const recordFile = ({ results }: Place) => join(results, "smoke", "runs", "sst-2", "bert-s0.json");
const train = ["train", "--profile", "smoke", "--task", "sst-2", "--method", "bert"];

/** A training whose record is there already, but is `text`. */
function record(name: string, text: string, ...expects: RegExp[]): Fault {
  return {
    group: "record",
    name,
    async make(place) {
      await put(recordFile(place), text);
      return { argv: train };
    },
    expects: [/bert-s0\.json/, ...expects],
  };
}

/** A reproduction of a finished run whose timing was changed. */
function timing(name: string, change: (text: string) => string, ...expects: RegExp[]): Fault {
  return {
    group: "record",
    name,
    processOnly: "needs a finished run",
    async make(place) {
      await asProcess({ argv: train }, place);
      const file = join(place.results, "smoke", "timings", "sst-2", "bert-s0.json");
      await Deno.writeTextFile(file, change(await Deno.readTextFile(file)));
      return {
        argv: ["reproduce", "--profile", "smoke", "--tasks", "sst-2", "--seeds", "0,", "--methods", "bert"],
      };
    },
    expects: [/timings\/sst-2\/bert-s0\.json/, ...expects],
  };
}

const changed = (changes: Record<string, unknown>) => JSON.stringify({ ...JSON.parse(sound), ...changes });

/** The faults of this group. */
export const recordFaults: Fault[] = [
  record("another schema version", changed({ schemaVersion: 2 }), /schemaVersion 2, this build reads 1/),
  record("no schema version", changed({ schemaVersion: undefined }), /"schemaVersion"/),
  record("JSON that was cut short", sound.slice(0, 100), /is not complete JSON/),
  record("an empty file", "", /is not complete JSON/),
  record("a list", "[]", /expected object/),
  record("a score that is a text", changed({ metrics: { score: "high" } }), /"metrics\.score"/),
  record("a score above 100", changed({ metrics: { score: 101 } }), /"metrics\.score"/),
  record("a field that no record has", changed({ host: "x" }), /host/),
  record(
    "layers that do not add up",
    changed({ path: { ...exampleRecord().path, meanExecutedLayers: 1 } }),
    /"path\.meanExecutedLayers"/,
  ),
  record(
    "a hundred thousand brackets in the recipe",
    sound.replace(/"recipe":\{/, `$&"deep":${"[".repeat(1e5)}${"]".repeat(1e5)},`),
    /nested too deeply/,
  ),
  record("a record of 2 MB", changed({ blas: "x".repeat(2_000_000) }), /far more than a record can have/),
  record("another seed's record, copied", changed({ seed: 1 }), /bert-s1/),
  {
    group: "record",
    name: "a folder in the place of a record",
    async make(place) {
      await Deno.mkdir(recordFile(place), { recursive: true });
      return { argv: train };
    },
    expects: [/bert-s0\.json/],
  },
  timing("a timing that was cut short", (text) => text.slice(0, 60), /is not complete JSON/),
  timing("another run's timing, copied", (text) => text.replace('"seed": 0', '"seed": 1'), /bert-s1/),
  timing("a negative time", (text) => text.replace(/("stage1": )/, "$1-"), /"seconds/),
];
