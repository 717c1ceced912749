import assert from "node:assert/strict";
import { type CodeCell, notebook } from "./document.ts";
import { applyMessage, type DisplayIndex } from "./outputs.ts";
import type { Message } from "./wire.ts";

function message(msg_type: string, content: Record<string, unknown>): Message {
  const header = { msg_id: "1", msg_type, session: "s", username: "u", date: "", version: "5.3" };
  return { header, parentId: "0", metadata: {}, content };
}

function cells(count: number): CodeCell[] {
  return notebook(Array(count).fill({ code: "" })).cells as CodeCell[];
}

Deno.test("applyMessage joins neighbouring streams of one name and strips colours", () => {
  const [cell] = cells(1);
  const say = (name: string, text: string) =>
    applyMessage(cell, new Map(), message("stream", { name, text }));
  say("stdout", "a\n");
  say("stdout", "\x1b[33mb\x1b[39m\n");
  say("stderr", "c\n");
  say("stdout", "d\n");
  assert.deepEqual(cell.outputs.map((output) => output.output_type === "stream" && output.text), [
    "a\nb\n",
    "c\n",
    "d\n",
  ]);
});

Deno.test("applyMessage updates a display in place, also from a later cell, and stores no display id", () => {
  const [first, second] = cells(2);
  const displays: DisplayIndex = new Map();
  const transient = { display_id: "p" };
  applyMessage(
    first,
    displays,
    message("display_data", { data: { "text/plain": "1" }, metadata: {}, transient }),
  );
  applyMessage(
    second,
    displays,
    message("update_display_data", { data: { "text/plain": "2" }, metadata: { a: 1 }, transient }),
  );
  applyMessage(
    second,
    displays,
    message("update_display_data", { data: { "text/plain": "3" }, transient: null }),
  );
  assert.deepEqual(first.outputs, [{
    output_type: "display_data",
    data: { "text/plain": "2" },
    metadata: { a: 1 },
  }]);
  assert.deepEqual(second.outputs, []);
});

Deno.test("applyMessage stores results and errors, clears on clear_output and ignores other messages", () => {
  const [cell] = cells(1);
  applyMessage(cell, new Map(), message("execute_input", { code: "1" }));
  applyMessage(
    cell,
    new Map(),
    message("execute_result", { data: { "text/plain": "\x1b[33m1\x1b[39m" }, metadata: {} }),
  );
  const error = { ename: "TypeError", evalue: "\x1b[31mno\x1b[0m", traceback: ["\x1b[31mat x\x1b[0m"] };
  applyMessage(cell, new Map(), message("error", error));
  assert.deepEqual(cell.outputs, [
    { output_type: "execute_result", execution_count: null, data: { "text/plain": "1" }, metadata: {} },
    { output_type: "error", ename: "TypeError", evalue: "no", traceback: ["at x"] },
  ]);
  applyMessage(cell, new Map(), message("clear_output", { wait: true }));
  assert.deepEqual(cell.outputs, []);
});
