import assert from "node:assert/strict";
import fc from "fast-check";
import { readTsv, tsvReader, type TsvRow } from "./tsv.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function rowsOf(content: Uint8Array, pieceBytes = content.length): TsvRow[] {
  const rows: TsvRow[] = [];
  const reader = tsvReader("f.tsv", (row) => rows.push(row));
  for (let at = 0; at < content.length; at += pieceBytes) {
    const piece = content.slice(at, at + pieceBytes);
    reader.push(piece);
    piece.fill(0); // a piece's memory may be used again
  }
  reader.end();
  return rows;
}

const fieldsOf = (text: string) => rowsOf(bytes(text)).map(({ fields }) => fields);

Deno.test("tsvReader makes a row of every line and none of the last line feed", () => {
  assert.deepEqual(fieldsOf('a\t"b\nc\t\n'), [["a", '"b'], ["c", ""]]);
  assert.deepEqual(fieldsOf("\uFEFFa\r\nb"), [["a"], ["b"]]);
  assert.deepEqual(fieldsOf("a\n\nb\n"), [["a"], [""], ["b"]]);
  assert.deepEqual([fieldsOf(""), fieldsOf("\uFEFF")], [[], []]);
});

Deno.test("tsvReader gives the same rows whatever the pieces", () => {
  const content = bytes("\uFEFFé\t漢\r\n\uFEFFx\ty\n\r\n\na\rb\t\u{1F600}\n\uFEFF");
  const whole = rowsOf(content);
  assert.deepEqual(whole.map(({ line }) => line), [1, 2, 3, 4, 5, 6]);
  for (let size = 1; size < content.length; size++) assert.deepEqual(rowsOf(content, size), whole, `${size}`);
});

Deno.test("tsvReader gives each line as text splitting would, for any text", () => {
  const piece = fc.constantFrom("a", "\t", "\n", "\r\n", '"', "é", "漢", "\u2028", " ");
  fc.assert(
    fc.property(
      fc.array(piece).map((parts) => parts.join("")),
      fc.integer({ min: 1, max: 9 }),
      (text, size) => {
        const lines = text.replaceAll("\r\n", "\n").replace(/\n$/, "").split("\n");
        const expected = text === "" ? [] : lines.map((line) => line.split("\t"));
        assert.deepEqual(rowsOf(bytes(text), size).map(({ fields }) => fields), expected);
      },
    ),
    { seed: 11, numRuns: 500 },
  );
});

Deno.test("tsvReader says which line is not UTF-8, and which is too long", () => {
  const latin1 = Uint8Array.of(...bytes("one\ntwo\n"), 0x63, 0xe9, 0x0a, ...bytes("four\n"));
  for (const size of [1, 5, 100]) {
    assert.throws(() => rowsOf(latin1, size), {
      name: "InputError",
      message: /f\.tsv line 3 is not UTF-8/,
    });
  }
  assert.throws(() => rowsOf(bytes("ok\né").slice(0, -1)), { message: /line 2 is not UTF-8/ });
  const long = bytes(`ok\n${"x".repeat(100_001)}\nok\n`);
  for (const size of [1000, 70_000, 200_000]) {
    assert.throws(() => rowsOf(long, size), {
      name: "InputError",
      message: /line 2 has more than 100000 bytes/,
    });
  }
  assert.equal(rowsOf(bytes("x".repeat(100_000)), 1000)[0].fields[0].length, 100_000);
});

Deno.test("tsvReader stops at the first row that is refused, and reads nothing behind it", () => {
  let rows = 0;
  const refuse = () => {
    rows++;
    throw new Error("no");
  };
  assert.throws(() => readTsv(bytes("\n".repeat(1000)), "f.tsv", refuse), { message: "no" });
  assert.equal(rows, 1);
});
