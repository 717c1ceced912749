/** Where GLUE's files come from, and how a task's folder is made of them. */
import { join } from "node:path";
import { writeAtomic } from "../files/atomic.ts";
import { unzip } from "../files/unzip.ts";
import { mrpcFiles } from "./mrpc.ts";
import type { Task, TaskId } from "./tasks.ts";

/** A pinned file below `publicBase`, or below a mirror. */
export interface GlueFile {
  path: string;
  /** Bytes. */
  size: number;
  /** In hexadecimal. */
  sha256: string;
}

/** What a task's folder is made of. */
export interface GlueSource {
  files: readonly GlueFile[];
  /** Makes the task's files in the folder `into` of the downloaded files, which are in the order of `files`. */
  make(task: Task, downloaded: string[], into: string): Promise<void>;
}

/** Without a slash at the end. A mirror has the same paths below its own. */
export const publicBase = "https://dl.fbaipublicfiles.com";

/** Sizes and sums as Hugging Face's `datasets` pins them (datasets/glue/dataset_infos.json). */
export const glueSources: Readonly<Record<TaskId, GlueSource>> = {
  "cola": zip("CoLA.zip", 376971, "f212fcd832b8f7b435fb991f101abf89f96b933ab400603bf198960dfc32cbff"),
  "sst-2": zip("SST-2.zip", 7439277, "d67e16fb55739c1b32cdce9877596db1c127dc322d93c082281f64057c16deaa"),
  "mrpc": {
    files: [
      file(
        "senteval/senteval_data/msr_paraphrase_train.txt",
        1047044,
        "60a9b09084528f0673eedee2b69cb941920f0b8cd0eeccefc464a98768457f89",
      ),
      file(
        "senteval/senteval_data/msr_paraphrase_test.txt",
        441275,
        "a04e271090879aaba6423d65b94950c089298587d9c084bf9cd7439bd785f784",
      ),
      file(
        "glue/data/mrpc_dev_ids.tsv",
        6222,
        "971d7767d81b997fd9060ade0ec23c4fc31cbb226a55d1bd4a1bac474eb81dc7",
      ),
    ],
    make: makeMrpc,
  },
  "sts-b": zip("STS-B.zip", 802872, "e60a6393de5a8b5b9bac5020a1554b54e3691f9d600b775bd131e613ac179c85"),
  "qqp": zip("QQP-clean.zip", 41696084, "40e7c862c04eb26ee04b67fd900e76c45c6ba8e6d8fab4f8f1f8072a1a3fbae0"),
  "mnli": zip("MNLI.zip", 312783507, "e7c1d896d26ed6caf700110645df426cc2d8ebf02a5ab743d5a5c68ac1c83633"),
  "qnli": zip("QNLIv2.zip", 10627589, "e634e78627a29adaecd4f955359b22bf5e70f2cbd93b493f2d624138a0c0e5f5"),
  "rte": zip("RTE.zip", 697150, "6bf86de103ecd335f3441bd43574d23fef87ecc695977a63b82d5efb206556ee"),
  "wnli": zip("WNLI.zip", 28999, "ae0e8e4d16f4d46d4a0a566ec7ecceccfd3fbfaa4a7a4b4e02848c0f2561ac46"),
  "ax": {
    files: [
      file("glue/data/AX.tsv", 222257, "0e13510b1bb14436ff7e2ee82338f0efb0133ecf2e73507a697dc210db3f05fd"),
    ],
    make: async ({ splits }, [only], into) =>
      await writeAtomic(join(into, splits.test!.file), await Deno.readFile(only)),
  },
};

function file(path: string, size: number, sha256: string): GlueFile {
  return { path, size, sha256 };
}

/** An archive that holds the task's folder, among other things. */
function zip(name: string, size: number, sha256: string): GlueSource {
  return { files: [file(`glue/data/${name}`, size, sha256)], make: makeFromZip };
}

async function makeFromZip(task: Task, [archive]: string[], into: string): Promise<void> {
  await unzip(archive, new Map(filesOf(task).map((name) => [`${task.folder}/${name}`, join(into, name)])));
}

async function makeMrpc(_task: Task, downloaded: string[], into: string): Promise<void> {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }); // GLUE's own files keep the mark
  const [train, test, devIds] = await Promise.all(downloaded.map((path) => Deno.readFile(path)));
  const files = mrpcFiles({
    train: utf8.decode(train),
    test: utf8.decode(test),
    devIds: utf8.decode(devIds),
  });
  for (const [split, text] of Object.entries(files)) await writeAtomic(join(into, `${split}.tsv`), text);
}

/** The names of the files of a task's folder. */
export const filesOf = ({ splits }: Task) => Object.values(splits).map(({ file }) => file);
