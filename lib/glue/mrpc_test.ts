import assert from "node:assert/strict";
import { mrpcFiles } from "./mrpc.ts";

const header = "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String";
const lines = (...rows: string[]) => rows.map((row) => `${row}\n`).join("");
const texts = {
  train: lines(header, "1\t11\t12\tA b .\tB a .", '0\t21\t22\t"C\t d "', "1\t31\t32\tE .\tF ."),
  test: lines(header, "1\t41\t42\tG .\tH .", "0\t51\t52\tI .\tJ ."),
  devIds: lines("31\t32", "11\t12"),
};

Deno.test("mrpcFiles puts the rows with dev's ids into dev, in train's order, and the others into train", () => {
  const { train, dev } = mrpcFiles(texts);
  assert.equal(train, lines(header, '0\t21\t22\t"C\t d "'));
  assert.equal(dev, lines(header, "1\t11\t12\tA b .\tB a .", "1\t31\t32\tE .\tF ."));
});

Deno.test("mrpcFiles wants both ids: a row that shares one with dev stays in train", () => {
  const { dev } = mrpcFiles({ ...texts, devIds: lines("11\t22", "31\t32") });
  assert.equal(dev, lines(header, "1\t31\t32\tE .\tF ."));
});

Deno.test("mrpcFiles numbers the rows of test from 0 and leaves their labels out", () => {
  assert.equal(
    mrpcFiles(texts).test,
    lines("index\t#1 ID\t#2 ID\t#1 String\t#2 String", "0\t41\t42\tG .\tH .", "1\t51\t52\tI .\tJ ."),
  );
});

Deno.test("mrpcFiles takes CRLF and space at a row's end as Python does", () => {
  const dos = (text: string) => text.replaceAll("\n", " \r\n").replace(header + " ", header);
  const { train, test, devIds } = texts;
  assert.deepEqual(
    mrpcFiles({ train: dos(train), test: dos(test), devIds: dos(devIds) }),
    mrpcFiles(texts),
  );
});

Deno.test("mrpcFiles names the line of a row without five columns", () => {
  const train = texts.train.replace("21\t22", "21 22");
  assert.throws(() => mrpcFiles({ ...texts, train }), {
    name: "InputError",
    message: /msr_paraphrase_train\.txt line 3 has 4 columns; expected 5/,
  });
});

const glueDir = Deno.env.get("DPB_GLUE_DIR");

Deno.test({
  name: "mrpcFiles gives GLUE's own files back, byte for byte (needs DPB_GLUE_DIR)",
  ignore: !glueDir,
  fn() {
    const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
    const real = (file: string) => utf8.decode(Deno.readFileSync(`${glueDir}/MRPC/${file}.tsv`));
    const [train, dev, test] = [real("train"), real("dev"), real("test")];
    const rows = (text: string) => text.trimEnd().split("\n").slice(1);
    const order = [...rows(train), ...rows(dev)];
    // One row of dev after every nine of train, as they lay mixed before GLUE parted them.
    const mixed = rows(train).flatMap((row, at) =>
      at % 9 ? [row] : [row, ...rows(dev).slice(at / 9, at / 9 + 1)]
    );
    assert.equal(mixed.length, order.length);
    const ids = (row: string) => row.split("\t").slice(1, 3).join("\t");
    const built = mrpcFiles({
      train: lines(train.split("\n")[0], ...mixed),
      test: lines(train.split("\n")[0], ...rows(test).map((row) => row.replace(/^\d+/, "0"))),
      devIds: lines(...rows(dev).map(ids).sort()),
    });
    assert.deepEqual(built, { train, dev, test });
  },
});
