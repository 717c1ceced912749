/** GLUE's files as disks, editors, other writers and other formats leave them. */
import { join } from "node:path";
import { smokeFiles } from "../../micro/mod.ts";
import type { Fault, Place } from "./fault.ts";
import { trainOnBroken, writeSound } from "./sound.ts";

type Content = string | Uint8Array;

const write = (path: string, content: Content) =>
  Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);

/** Training on a dev set that was changed. */
function devSet(name: string, change: (text: string) => Content, ...expects: RegExp[]): Fault {
  return {
    group: "TSV",
    name,
    make: (place) =>
      trainOnBroken(place, async ({ glue }) => {
        const dev = join(glue, "SST-2", "dev.tsv");
        await write(dev, change(await Deno.readTextFile(dev)));
      }),
    expects: [/SST-2\/dev\.tsv/, ...expects],
  };
}

/** Training on another task's dev set that was changed. */
function devSetOf(
  task: string,
  file: string,
  name: string,
  change: (text: string) => Content,
  ...expects: RegExp[]
): Fault {
  const make = (place: Place) =>
    trainOnBroken(place, async ({ glue }) => {
      await write(join(glue, file), change(await Deno.readTextFile(join(glue, file))));
    }, task);
  return { group: "TSV", name, make, expects };
}

/** Line 3 of a file, changed. */
const third = (change: (line: string) => string) => (text: string) =>
  text.split("\n").map((line, at) => at === 2 ? change(line) : line).join("\n");

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf16 = (text: string) => Uint8Array.from(`\xFF\xFE${[...text].join("\0")}\0`, (c) => c.charCodeAt(0));

/** Scoring a leaderboard file that was changed; sound, it has a prediction for each of the 32 rows. */
function leaderboard(name: string, change: (text: string) => Content, ...expects: RegExp[]): Fault {
  return {
    group: "TSV",
    name,
    async make({ folder }) {
      const labels = join(folder, "dev.tsv"), predictions = join(folder, "SST-2.tsv");
      await write(labels, smokeFiles("sst-2", 0)["SST-2/dev.tsv"]);
      const rows = Array.from({ length: 32 }, (_, index) => `${index}\t1\n`);
      await write(predictions, change(`index\tprediction\n${rows.join("")}`));
      return {
        argv: ["score", "--task", "sst-2", "--labels", labels, "--predictions", predictions],
      };
    },
    expects: [/SST-2\.tsv/, ...expects],
  };
}

const megabytes = 10_000_000;

/** The faults of this group. */
export const tsvFaults: Fault[] = [
  devSet("a NUL byte in a sentence", third((line) => `\0${line}`), /line 3: found a NUL byte/),
  devSet(
    "a carriage return inside a line",
    third((line) => `it\r${line}`),
    /line 3: found a carriage return/,
  ),
  devSet("old Mac line ends", (text) => text.replaceAll("\n", "\r"), /line 1: found a carriage return/),
  devSet("a line of 10 MB", third(() => "x".repeat(megabytes)), /line 3 has more than 100000 bytes/),
  devSet("10 MB of tabs", () => "\t".repeat(megabytes), /line 1 has more than 100000 bytes/),
  devSet("10 MB of line feeds", () => "\n".repeat(megabytes), /line 1: found header ""/),
  devSet("10 MB of zeros", () => new Uint8Array(megabytes), /line 1 has more than 100000 bytes/),
  devSet("a missing column", third((line) => line.split("\t")[0]), /line 3: found 1 column\(s\), expected 2/),
  devSet("a column too many", third((line) => `${line}\t0`), /line 3: found 3 column\(s\), expected 2/),
  devSet(
    "commas instead of tabs",
    (text) => text.replaceAll("\t", ","),
    /line 1: found header "sentence,label"/,
  ),
  devSet(
    "Latin-1 instead of UTF-8",
    (text) => latin1(third((line) => `caf\xE9 ${line}`)(text)),
    /line 3 is not UTF-8/,
  ),
  devSet("UTF-16, as a spreadsheet saves it", utf16, /line 1 is not UTF-8/),
  devSet(
    "a gzip file under the name",
    () => Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab),
    /line 1 is not UTF-8/,
  ),
  devSet("the header twice", (text) => `sentence\tlabel\n${text}`, /line 2: found the header again/),
  devSet(
    "a column named twice",
    (text) => text.replace("label", "sentence"),
    /line 1: found header "sentence, sentence"/,
  ),
  devSet(
    "a byte-order mark before the second column",
    (text) => text.replace("label", "\uFEFFlabel"),
    /"sentence, \\ufefflabel"/,
  ),
  devSet(
    "a byte-order mark in the middle, as of two files in one",
    third((line) => `\uFEFF${line}`),
    /line 3: found a byte-order mark/,
  ),
  devSet(
    "a label that is none",
    third((line) => line.replace(/.$/, "2")),
    /line 3: found SST-2 label "2", expected one of 0, 1/,
  ),
  devSet("a space behind a label", third((line) => `${line} `), /line 3: found SST-2 label/),
  devSet("an empty sentence", third((line) => `   \t${line.at(-1)}`), /line 3: found an empty sentence/),
  devSet("an empty line", third(() => ""), /line 3: found 1 column/),
  devSet("an end in the middle of a line", (text) => text.slice(0, -3), /line 33: found 1 column/),
  devSet("an empty file", () => "", /is empty; expected 872 rows/),
  devSet("a header and no rows", (text) => text.slice(0, text.indexOf("\n") + 1), /has a header but no rows/),
  devSetOf(
    "sts-b",
    "STS-B/dev.tsv",
    "a score above 5",
    third((line) => line.replace(/[^\t]*$/, "5.5")),
    /STS-B\/dev\.tsv line 3: found STS-B score "5\.5"/,
  ),
  devSetOf(
    "rte",
    "RTE/dev.tsv",
    "another task's header",
    () => smokeFiles("qnli", 0)["QNLI/dev.tsv"],
    /RTE\/dev\.tsv line 1: found header "index, question, sentence, label"/,
  ),
  devSetOf(
    "cola",
    "CoLA/train.tsv",
    "a header where there is none",
    (text) => `source\tlabel\tmark\tsentence\n${text}`,
    /CoLA\/train\.tsv line 1: found a header/,
  ),
  {
    group: "TSV",
    name: "a file that is missing",
    make: (place) => trainOnBroken(place, ({ glue }) => Deno.remove(join(glue, "SST-2", "train.tsv"))),
    expects: [/SST-2\/train\.tsv .*is missing.*DPB_GLUE_DIR/],
  },
  {
    group: "TSV",
    name: "a folder in the place of a file",
    make: (place) =>
      trainOnBroken(place, async ({ glue }) => {
        await Deno.remove(join(glue, "SST-2", "dev.tsv"));
        await Deno.mkdir(join(glue, "SST-2", "dev.tsv"));
      }),
    expects: [/SST-2\/dev\.tsv .*cannot be read \(EISDIR\)/],
  },
  {
    group: "TSV",
    name: "test rows in another order",
    async make({ folder }) {
      const { glue, bert } = await writeSound(folder), test = join(glue, "SST-2", "test.tsv");
      await write(test, (await Deno.readTextFile(test)).replace("\n1\t", "\n2\t"));
      const out = ["--split", "test", "--out", join(folder, "SST-2.tsv")];
      return {
        argv: ["evaluate", "--run", bert, "--task", "sst-2", ...out],
        env: { DPB_GLUE_DIR: glue },
      };
    },
    expects: [/SST-2\/test\.tsv line 3: found index "2", expected 1/],
  },
  leaderboard(
    "predictions in another order",
    (text) => text.replace("\n0\t", "\n1\t"),
    /line 2: found index "1", expected 0/,
  ),
  leaderboard(
    "fewer predictions than rows",
    (text) => text.slice(0, -5),
    /has 31 prediction\(s\).*has 32 row\(s\)/,
  ),
  leaderboard(
    "a prediction that is no label",
    (text) => text.replace("\t1", "\tpositive"),
    /line 2: found SST-2 label "positive"/,
  ),
  leaderboard(
    "predictions without their header",
    (text) => text.slice(text.indexOf("\n") + 1),
    /line 1: found header "0, 1"/,
  ),
];
