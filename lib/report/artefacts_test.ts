import assert from "node:assert/strict";
import { exampleRecord, exampleTiming } from "../runs/records/example_records.ts";
import { artefacts } from "./artefacts.ts";
import { exampleTuning } from "../runs/tuning/example_tuning.ts";
import { exampleStudy, firstOf6 } from "./study/example_study.ts";
import { studyOf } from "./study/study.ts";
import { tableMarkdown } from "./markdown/table_text.ts";

const names = (values: { name: string }[]) => values.map(({ name }) => name);

Deno.test("artefacts of a profile whose difficulty is not known: the paper's claims, and comparisons for notebooks alone", () => {
  const records = [
    exampleRecord({ method: "bert", setting: "", parent: null }),
    exampleRecord({ method: "dpbert", setting: "t0.6", recipe: { targetRate: 0.6 } }),
  ];
  const timings = records.map(({ method, setting }) => exampleTiming({ method, setting }));
  const row = { id: 0, label: "1", prediction: "1", path: "111101" };
  const rows = new Map(records.map((record) => [record, [row]]));
  const found = artefacts(studyOf("glue", { records, timings, rows, steps: new Map(), graded: [] }));
  assert.deepEqual(names(found.tables), ["table1", "retention", "claims", "cost"]);
  assert.deepEqual(names(found.figures), ["figure4", "figure3"]);
  assert(names(found.notebookTables).includes("is_it_dynamic"));
});

const run = { right: 17, path: firstOf6(4), speedup: 1.4 };
const runs = exampleStudy([
  { ...run, method: "bert", path: firstOf6(6) },
  { ...run, method: "dpbert", settings: { targetRate: 0.6 } },
  { ...run, method: "pabee", settings: { patience: 2 } },
]);
const study = { ...runs, tunings: [exampleTuning({ profile: "micro" })] };

Deno.test("artefacts of known difficulty are all written, each under a name of its own, and render", () => {
  const { tables, figures, notebookFigures } = artefacts(study), all = names([...tables, ...figures]);
  assert.equal(new Set(all).size, all.length);
  for (
    const name of ["table1_wide", "competitors", "wins", "is_it_dynamic", "aims", "path_length", "tuning"]
  ) {
    assert(all.includes(name), name);
  }
  assert.deepEqual(notebookFigures, []);
  tables.forEach(tableMarkdown);
});

Deno.test("no two tables of a report have one head, by which notebooks know them", () => {
  const { tables, notebookTables } = artefacts(study);
  const heads = [...tables, ...notebookTables].map(({ columns }) => columns.join());
  assert.equal(new Set(heads).size, heads.length);
});

Deno.test("no two figures of a report have one title, by which notebooks know them", () => {
  const titles = artefacts(study).figures.map(({ caption }) => caption.split(".")[0]);
  assert.equal(new Set(titles).size, titles.length);
});

Deno.test("artefacts survive a profile without runs", () => {
  const nothing = studyOf("micro", {
    records: [],
    timings: [],
    rows: new Map(),
    steps: new Map(),
    graded: [],
  });
  artefacts(nothing).tables.forEach(tableMarkdown);
});
