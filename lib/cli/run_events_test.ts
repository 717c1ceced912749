import assert from "node:assert/strict";
import { exampleRecord } from "../runs/records/example_records.ts";
import { eventPrinter, parseEvent } from "./run_events.ts";

Deno.test("eventPrinter writes a line of JSON per event, which parseEvent reads back", () => {
  const lines: string[] = [], printer = eventPrinter((line) => lines.push(line));
  const progress = { stage: "stage 1", step: 3, steps: 345, loss: 0.69, examplesPerSecond: 26 };
  printer.step("mrpc bert-s0", progress);
  printer.note("two\nlines");
  printer.progress({ name: "a.zip", bytes: 1, size: 2, bytesPerSecond: null });
  printer.finished(exampleRecord());
  assert.ok(lines.every((line) => line.indexOf("\n") === line.length - 1));
  const events = lines.map((line) => parseEvent(line.trimEnd()));
  assert.deepEqual(events.slice(0, 2), [
    { event: "step", run: "mrpc bert-s0", ...progress },
    { event: "note", text: "two\nlines" },
  ]);
  assert.deepEqual(events.map((event) => event?.event), ["step", "note", "download", "finished"]);
});

Deno.test("parseEvent passes over what is no event, or was cut short", () => {
  for (const line of ["", "hello", "3", '{"step":1}', '{"event":"step","ru']) {
    assert.equal(parseEvent(line), null);
  }
});
