import assert from "node:assert/strict";
import { zipSync } from "fflate";
import { Unavailable } from "../files/download.ts";
import { InputError } from "../errors.ts";
import { pinOf, serve, serveAndCut, withServer } from "../files/local_server.ts";
import { missingGlueFiles, obtainGlue } from "./download.ts";
import { readSplit } from "./read.ts";
import { type GlueSource, glueSources } from "./sources.ts";
import { type Task, taskById } from "./tasks.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const wait = () => Promise.resolve();
const names = (folder: string) => Array.from(Deno.readDirSync(folder), (entry) => entry.name).sort();
const inputError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof InputError, String(error));
  assert.match(error.message, pattern);
  return true;
};

/** The task with as many rows per file as here. */
function small(task: Task, rows: number): Task {
  const splits = Object.entries(task.splits).map(([split, spec]) => [split, { ...spec, rows }]);
  return { ...task, splits: Object.fromEntries(splits) };
}

const rte = small(taskById("rte"), 1), ax = small(taskById("ax"), 1), mrpc = small(taskById("mrpc"), 1);

const rteFiles = {
  "RTE/train.tsv": bytes("index\tsentence1\tsentence2\tlabel\n0\tIt rains.\tRain.\tentailment\n"),
  "RTE/dev.tsv": bytes("index\tsentence1\tsentence2\tlabel\n0\tIt snows.\tRain.\tnot_entailment\n"),
  "RTE/test.tsv": bytes("index\tsentence1\tsentence2\n0\tIt hails.\tRain.\n"),
};
const rteZip = zipSync({ ...rteFiles, "__MACOSX/RTE/._dev.tsv": bytes("x"), "../evil.tsv": bytes("x") });

const mrpcRow = (label: number, id: number) => `${label}\t${id}\t${id + 1}\tA horse .\tThe horse .\n`;
const mrpcHeader = "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n";
const pages: Record<string, Uint8Array<ArrayBuffer>> = {
  "/glue/data/RTE.zip": rteZip,
  "/glue/data/AX.tsv": bytes("index\tsentence1\tsentence2\n0\tA.\tB.\n"),
  "/glue/data/mrpc_dev_ids.tsv": bytes("3\t4\n"),
  "/senteval/senteval_data/msr_paraphrase_train.txt": bytes(mrpcHeader + mrpcRow(1, 1) + mrpcRow(0, 3)),
  "/senteval/senteval_data/msr_paraphrase_test.txt": bytes(mrpcHeader + mrpcRow(1, 5)),
};

/** The real table with the sums of the pages above. */
function sourcesOf(contents: Record<string, Uint8Array>): Record<string, GlueSource> {
  return Object.fromEntries(
    Object.entries(glueSources).map(([id, { files, make }]) => {
      const pinned = files.map((file) => {
        const content = contents[`/${file.path}`];
        return content ? { ...file, ...pinOf(content, "", ""), path: file.path } : file;
      });
      return [id, { files: pinned, make }];
    }),
  );
}
const sources = sourcesOf(pages);
const page = (request: Request) => {
  const content = pages[new URL(request.url).pathname];
  return content ? serve(request, content) : new Response("no", { status: 404 });
};

Deno.test("obtainGlue fetches an archive, says its size first, and leaves the task's files and nothing else", async () => {
  await withServer(page, async ({ base, folder, asked }) => {
    const lines: string[] = [];
    const watch = { note: (line: string) => void lines.push(line), progress: () => {} };
    const access = { mirror: base, offline: false };
    assert.deepEqual(await obtainGlue([rte], folder, access, { sources, watch }), [rte]);
    assert.deepEqual(lines, [`GLUE: fetching RTE (1 kB) from ${base} to ${folder}`]);
    assert.deepEqual(names(folder), ["RTE"]);
    assert.deepEqual(names(`${folder}/RTE`), ["dev.tsv", "test.tsv", "train.tsv"]);
    const { examples } = await readSplit(rte, folder, "dev");
    assert.deepEqual(examples.map(({ a, labelText }) => [a, labelText]), [["It snows.", "not_entailment"]]);
    assert.deepEqual(await obtainGlue([rte], folder, access, { sources, watch }), []);
    assert.deepEqual(asked, ["/glue/data/RTE.zip"]);
  });
});

Deno.test("obtainGlue makes MRPC of three files and the diagnostic set of one", async () => {
  await withServer(page, async ({ base, folder, asked }) => {
    await obtainGlue([mrpc, ax], folder, { mirror: base, offline: false }, { sources });
    assert.deepEqual(names(folder), ["MRPC", "diagnostic"]);
    const text = (file: string) =>
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(Deno.readFileSync(`${folder}/${file}`));
    assert.equal(text("MRPC/train.tsv"), mrpcHeader + mrpcRow(1, 1));
    assert.equal(text("MRPC/dev.tsv"), mrpcHeader + mrpcRow(0, 3));
    assert.equal(text("diagnostic/diagnostic.tsv"), "index\tsentence1\tsentence2\n0\tA.\tB.\n");
    assert.deepEqual(asked.map((path) => path.split("/").at(-1)), [
      "msr_paraphrase_train.txt",
      "msr_paraphrase_test.txt",
      "mrpc_dev_ids.tsv",
      "AX.tsv",
    ]);
  });
});

Deno.test("obtainGlue warns when a file has another number of rows than GLUE's", async () => {
  await withServer(page, async ({ base, folder }) => {
    const lines: string[] = [];
    const watch = { note: (line: string) => void lines.push(line), progress: () => {} };
    await obtainGlue([small(ax, 2)], folder, { mirror: base, offline: false }, { sources, watch });
    assert.match(lines[1], /^warning: diagnostic\/diagnostic\.tsv: found 1 rows, GLUE's own file has 2/);
  });
});

Deno.test("obtainGlue leaves nothing where nothing can be had", async () => {
  await withServer(() => new Response("no", { status: 404 }), async ({ base, folder }) => {
    await assert.rejects(
      obtainGlue([rte], folder, { mirror: base, offline: false }, { sources }),
      inputError(
        /RTE\.zip cannot be fetched \(it answers 404\)\. Run the command again later, or name another/,
      ),
    );
    assert.deepEqual(names(folder), []);
  });
});

Deno.test("obtainGlue keeps no folder of a task whose rows cannot be read", async () => {
  const broken = { "/glue/data/AX.tsv": bytes("index\tsentence1\tsentence2\n1\tA.\tB.\n") };
  const answer = (request: Request) => serve(request, broken["/glue/data/AX.tsv"]);
  await withServer(answer, async ({ base, folder }) => {
    await assert.rejects(
      obtainGlue([ax], folder, { mirror: base, offline: false }, { sources: sourcesOf(broken) }),
      inputError(/diagnostic\.tsv line 2: found index "1", expected 0/),
    );
    assert.deepEqual(names(folder), [".diagnostic.downloads"]);
  });
});

Deno.test("obtainGlue keeps no folder of a task whose archive lacks a file", async () => {
  const lacking = zipSync({ "RTE/train.tsv": rteFiles["RTE/train.tsv"] });
  await withServer((request) => serve(request, lacking), async ({ base, folder }) => {
    await assert.rejects(
      obtainGlue([rte], folder, { mirror: base, offline: false }, {
        sources: sourcesOf({ "/glue/data/RTE.zip": lacking }),
      }),
      inputError(/RTE\.zip lacks RTE\/dev\.tsv/),
    );
    assert.deepEqual(names(folder), [".RTE.downloads"]);
  });
});

Deno.test("obtainGlue goes on with an archive that was cut off, and clears away what a killed process left", async () => {
  let works = false;
  const answer = (request: Request) => works ? page(request) : serveAndCut(request, rteZip, 100);
  await withServer(answer, async ({ base, folder, asked }) => {
    const access = { mirror: base, offline: false };
    await assert.rejects(obtainGlue([rte], folder, access, { sources, wait }), Unavailable);
    assert.deepEqual(names(`${folder}/.RTE.downloads`), [".RTE.zip.part"]);
    await Deno.mkdir(`${folder}/.RTE.new/RTE`, { recursive: true });
    await Deno.writeTextFile(`${folder}/.RTE.new/RTE/half`, "");
    works = true;
    await obtainGlue([rte], folder, access, { sources });
    assert.equal(asked.at(-1), "/glue/data/RTE.zip bytes=100-");
    assert.deepEqual([names(folder), names(`${folder}/RTE`).length], [["RTE"], 3]);
  });
});

Deno.test("two obtainGlue at once fetch a task once", async () => {
  const asking = Promise.withResolvers<void>(), secondWaits = Promise.withResolvers<void>();
  const answer = async (request: Request) => {
    asking.resolve();
    await secondWaits.promise;
    return page(request);
  };
  await withServer(answer, async ({ base, folder, asked }) => {
    const access = { mirror: base, offline: false };
    const first = obtainGlue([rte], folder, access, { sources });
    await asking.promise;
    const untilFirst = async () => {
      secondWaits.resolve();
      await first;
    };
    await obtainGlue([rte], folder, access, { sources, wait: untilFirst });
    assert.deepEqual([asked.length, names(folder)], [1, ["RTE"]]);
  });
});

Deno.test("obtainGlue does not touch a task's folder that somebody filled in part", async () => {
  await withServer(page, async ({ base, folder, asked }) => {
    await Deno.mkdir(`${folder}/RTE`);
    await Deno.writeTextFile(`${folder}/RTE/dev.tsv`, "mine");
    await assert.rejects(
      obtainGlue([rte], folder, { mirror: base, offline: false }, { sources }),
      inputError(/RTE is there but lacks train\.tsv, test\.tsv\. Put the files there, or remove the folder/),
    );
    assert.equal(await Deno.readTextFile(`${folder}/RTE/dev.tsv`), "mine");
    assert.deepEqual([asked, names(folder)], [[], ["RTE"]]);
  });
});

Deno.test("obtainGlue offline asks nobody and says which files to put where, or which command gets them", async () => {
  await withServer(page, async ({ base, folder, asked }) => {
    await assert.rejects(
      obtainGlue([rte, ax], folder, { mirror: base, offline: true }, { sources }),
      inputError(
        /DPB_OFFLINE=1.* lacks RTE \(train\.tsv, dev\.tsv, test\.tsv\), diagnostic \(diagnostic\.tsv\)\. Put them there, set DPB_GLUE_DIR.*setup --glue rte,ax/,
      ),
    );
    assert.deepEqual([asked, names(folder)], [[], []]);
    await obtainGlue([rte], folder, { mirror: base, offline: false }, { sources });
    assert.deepEqual(await obtainGlue([rte], folder, { mirror: null, offline: true }), []);
  });
});

Deno.test("obtainGlue says when the folder cannot be made", async () => {
  const blocking = await Deno.makeTempFile();
  try {
    await assert.rejects(
      obtainGlue([rte], `${blocking}/glue`, { mirror: "http://127.0.0.1:9", offline: false }, { sources }),
      inputError(/glue\/RTE cannot be made \(.*\)\. Make room, or make it writable/),
    );
  } finally {
    await Deno.remove(blocking);
  }
});

Deno.test("missingGlueFiles names what a folder lacks", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/MNLI`);
    await Deno.writeTextFile(`${folder}/MNLI/dev_matched.tsv`, "");
    assert.deepEqual(missingGlueFiles(taskById("mnli"), folder), [
      "train.tsv",
      "dev_mismatched.tsv",
      "test_matched.tsv",
      "test_mismatched.tsv",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
