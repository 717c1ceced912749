import assert from "node:assert/strict";
import type { Table } from "../report/value.ts";
import { displays, displaySymbol, progressDisplay, show } from "./show.ts";

const table: Table = { name: "t", caption: "c", columns: ["a"], rows: [["1"]] };

Deno.test("displays gives Markdown for texts and tables, own bundles as they are, plain text for the rest", async () => {
  const own = { [displaySymbol]: () => Promise.resolve({ "text/html": "<b>x</b>", "text/plain": "x" }) };
  assert.deepEqual(await displays("**a**"), [{
    data: { "text/markdown": "**a**", "text/plain": "**a**" },
    metadata: {},
  }]);
  assert.deepEqual(await displays(own), [{
    data: { "text/html": "<b>x</b>", "text/plain": "x" },
    metadata: {},
  }]);
  assert.deepEqual(await displays({ path: [1, 0], rate: 0.5 }), [
    { data: { "text/plain": "{ path: [ 1, 0 ], rate: 0.5 }" }, metadata: {} },
  ]);
  assert.deepEqual(await displays(undefined), [{ data: { "text/plain": "undefined" }, metadata: {} }]);
  const [{ data }] = await displays(table);
  assert.deepEqual(Object.keys(data), ["text/markdown", "text/plain"]);
});

Deno.test("displays gives a figure as picture with its size and then its caption", async () => {
  const spec = { data: [{ type: "scatter", x: [1], y: [1] }], layout: {} };
  const [picture, caption] = await displays({
    name: "f",
    caption: "One point.",
    width: 200,
    height: 100,
    spec,
  });
  assert.deepEqual(picture.metadata, { "image/png": { width: 200, height: 100 } });
  assert.ok("image/png" in picture.data);
  assert.equal(caption.data["text/markdown"], "One point.");
});

/** What `run` prints to stdout and stderr. */
async function printed(run: () => Promise<void>): Promise<{ out: string[]; err: string[] }> {
  const { log, error } = console;
  const said = { out: [] as string[], err: [] as string[] };
  console.log = (text: string) => said.out.push(text);
  console.error = (text: string) => said.err.push(text);
  try {
    await run();
  } finally {
    Object.assign(console, { log, error });
  }
  return said;
}

Deno.test("show prints the plain form outside a notebook", async () => {
  const { out } = await printed(async () => {
    await show("**a**");
    await show(table);
    await show({ name: "f", caption: "One point.", width: 1, height: 1, spec: { data: [], layout: {} } });
  });
  assert.deepEqual(out, ["**a**", "a\n-\n1\n\nc\n", "One point."]);
});

Deno.test("progressDisplay drops updates within a quarter of a second and always shows the end", async () => {
  const times = [0, 100, 249, 250, 499, 500];
  const { out, err } = await printed(async () => {
    let at = 0;
    const progress = progressDisplay(() => times[at]);
    for (; at < times.length; at++) await progress.update(`step ${at}`);
    await progress.finish("6 steps");
  });
  assert.deepEqual(err, ["step 0", "step 3", "step 5"]);
  assert.deepEqual(out, ["6 steps"]);
});
