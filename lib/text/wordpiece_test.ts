import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../errors.ts";
import {
  loadWordPiece,
  truncatedLengths,
  type WordPiece,
  wordPieceFromTokenizerJson,
  wordPieceFromVocab,
} from "./wordpiece.ts";

const specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const letters = [..."abcdefghijklmnopqrstuvwxyz0123456789"];
const vocabulary = [
  ...specials,
  ...["un", "##aff", "##able", "runn", "##ing", "the", "cafe", "naive", "hello", "world", "__proto__", "sep"],
  ...[".", ",", "!", "?", "'", "-", "[", "]", "$", "`", "^", "~", "_", "«", "。"],
  ...[
    "漢",
    "字",
    "𠀀",
    "привет",
    "##ет",
    "ß",
    "σ",
    "ς",
    "##ς",
    "ი",
    "ⅳ",
    "한",
    "##ᅡ",
    "ᄒ",
    "😀",
    "İ",
    "Hello",
  ],
  ...letters.filter((letter) => letter !== "q"), // a word with a q has no pieces
  ...letters.filter((letter) => letter !== "q").map((letter) => `##${letter}`),
];
const small = wordPieceFromVocab(vocabulary.join("\n"));

/** BERT's tokenizer as google-research/bert describes it, character by character, for comparison only. */
function reference(text: string, ids: Map<string, number>, lowerCase: boolean): string[] {
  const inRanges = (char: string, ranges: number[][]) =>
    ranges.some(([first, last]) => char.codePointAt(0)! >= first && char.codePointAt(0)! <= last);
  const cjk = [[0x4E00, 0x9FFF], [0x3400, 0x4DBF], [0x20000, 0x2A6DF], [0x2A700, 0x2B73F], [
    0x2B740,
    0x2B81F,
  ]];
  cjk.push([0x2B820, 0x2CEAF], [0xF900, 0xFAFF], [0x2F800, 0x2FA1F]);
  const asciiSigns = [[33, 47], [58, 64], [91, 96], [123, 126]];
  let cleaned = "";
  for (const char of text) {
    if (/[\t\n\r\u2028\u2029]|\p{Zs}/u.test(char)) cleaned += " ";
    else if (char === "\0" || char === "\uFFFD" || /\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}/u.test(char)) continue;
    else cleaned += inRanges(char, cjk) ? ` ${char} ` : char;
  }
  const pieces: string[] = [];
  for (let word of cleaned.split(" ")) {
    if (lowerCase) {
      word = [...word.toLowerCase().normalize("NFD")].filter((char) => !/\p{Mn}/u.test(char)).join("");
    }
    let run = "";
    for (const char of [...word, ""]) {
      const sign = char !== "" && (inRanges(char, asciiSigns) || /\p{P}/u.test(char));
      if (char !== "" && !sign) run += char;
      else {
        if (run) pieces.push(...longestMatches([...run], ids));
        if (sign) pieces.push(...longestMatches([char], ids));
        run = "";
      }
    }
  }
  return pieces;
}

function longestMatches(chars: string[], ids: Map<string, number>): string[] {
  if (chars.length > 100) return ["[UNK]"];
  const pieces: string[] = [];
  for (let start = 0; start < chars.length;) {
    let end = chars.length;
    const piece = () => (start > 0 ? "##" : "") + chars.slice(start, end).join("");
    while (end > start && !ids.has(piece())) end--;
    if (end === start) return ["[UNK]"];
    pieces.push(piece());
    start = end;
  }
  return pieces;
}

const odd = [
  ..."unaffable|Hello, World!|  the\tcafé\r\nnaïve |ÀÉÎÕÜ|don't - [SEP] [MASK] [sep]|a_b^c`d~e$|...!!!".split(
    "|",
  ),
  ..."漢字かな|a漢b𠀀c字|\u{2F800}x|ПРИВЕТ привет|ΣΊΣΥΦΟΣ|İstanbul ıI|STRASSE ß ẞ|한국어|ⅣⅤ ﬁ ½|😀👍🏽 ok"
    .split("|"),
  ...[
    "",
    " ",
    "\u0000a\u0000b",
    "a\uFFFDb",
    "x\u200Dy\u200Bz\uFEFF",
    "a\u00A0b\u2003c\u3000d",
    "e\u0301\u0327",
  ],
  ...[
    "a\u2028b\u2029c",
    "a\u0085b\u000Bc\u001Cd",
    "\uD800a\uDC00",
    "\uE000a",
    "«q»。‽",
    "__proto__ constructor",
  ],
  ...["a".repeat(100), "a".repeat(101), "😀".repeat(100), "q", "aqa", "toString"],
];

function agrees(wordPiece: WordPiece, text: string, lowerCase = true) {
  const ids = new Map(wordPiece.tokens.map((token, id) => [token, id]));
  assert.deepEqual(wordPiece.tokenize(text), reference(text, ids, lowerCase), JSON.stringify(text));
}

Deno.test("tokenize splits as BERT's paper code on words one can check", () => {
  assert.deepEqual(small.tokenize("Unaffable running"), ["un", "##aff", "##able", "runn", "##ing"]);
  assert.deepEqual(small.tokenize("Café, naïve!"), ["cafe", ",", "naive", "!"]);
  assert.deepEqual(small.tokenize("a漢b𠀀"), ["a", "漢", "b", "𠀀"]);
  assert.deepEqual(small.tokenize("aqa the"), ["[UNK]", "the"]);
  assert.deepEqual(small.tokenize("a".repeat(101)), ["[UNK]"]);
  assert.deepEqual(small.tokenize("[SEP]"), ["[", "sep", "]"]);
  assert.deepEqual(small.tokenize(" \t\n"), []);
});

Deno.test("tokenize equals the reference on odd strings", () => odd.forEach((text) => agrees(small, text)));

Deno.test("tokenize equals the reference on random Unicode", () => {
  const unit = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(..."abcqz019 .,'-[]$ éÀßΣσςİ漢𠀀привЕТ한\t\u00A0\u200D\u0301") },
    { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
  const text = fc.array(unit, { maxLength: 30 }).map((parts) => parts.join(""));
  fc.assert(fc.property(text, (sample) => agrees(small, sample)), { seed: 11, numRuns: 1500 });
});

Deno.test("wordPieceFromVocab can keep case and accents", () => {
  const cased = wordPieceFromVocab(vocabulary.join("\n"), { lowerCase: false });
  assert.deepEqual(cased.tokenize("Hello hello Unaffable"), ["Hello", "hello", "[UNK]"]);
  odd.forEach((text) => agrees(cased, text, false));
});

Deno.test("encode frames one sentence and a pair", () => {
  const id = (token: string) => vocabulary.indexOf(token);
  assert.deepEqual(small.encode("Hello world", null, 128), {
    tokenIds: [2, id("hello"), id("world"), 3],
    segmentIds: [0, 0, 0, 0],
  });
  assert.deepEqual(small.encode("hello", "the world", 128), {
    tokenIds: [2, id("hello"), 3, id("the"), id("world"), 3],
    segmentIds: [0, 0, 0, 1, 1, 1],
  });
  assert.deepEqual(small.encode("", "", 128), { tokenIds: [2, 3, 3], segmentIds: [0, 0, 1] });
  assert.deepEqual([small.vocabSize, small.padId, small.maskId], [vocabulary.length, 0, 4]);
});

Deno.test("encode cuts the longer sentence first and on a tie the second", () => {
  const shown = (a: string, b: string | null, maxLength: number) =>
    small.encode(a, b, maxLength).tokenIds.map((id) => vocabulary[id]).join(" ");
  assert.equal(shown("a b c d e", null, 5), "[CLS] a b c [SEP]");
  assert.equal(shown("a b c d e", "f g", 8), "[CLS] a b c [SEP] f g [SEP]");
  assert.equal(shown("a b c", "d e f", 8), "[CLS] a b c [SEP] d e [SEP]");
  assert.equal(shown("a b c", "d e f", 6), "[CLS] a b [SEP] d [SEP]");
  assert.equal(shown("a", "b c d e", 6), "[CLS] a [SEP] b c [SEP]");
  assert.equal(shown("a b", "c d", 3), "[CLS] [SEP] [SEP]");
});

Deno.test("truncatedLengths keeps what fits and halves what does not", () => {
  assert.deepEqual(truncatedLengths(3, 4, 7), { a: 3, b: 4 });
  assert.deepEqual(truncatedLengths(200, 300, 125), { a: 63, b: 62 });
  assert.deepEqual(truncatedLengths(10, 300, 125), { a: 10, b: 115 });
  assert.deepEqual(truncatedLengths(300, 10, 125), { a: 115, b: 10 });
});

Deno.test("encode of a very long text stops at maxLength", () => {
  const { tokenIds, segmentIds } = small.encode("un ".repeat(200_000), "漢".repeat(50_000));
  assert.equal(tokenIds.length, 128);
  assert.equal(segmentIds.filter((segment) => segment === 1).length, 63);
});

Deno.test("encode refuses a maxLength that has no room for the frame", () => {
  for (const maxLength of [2, 0, NaN, 7.5]) {
    assert.throws(() => small.encode("a", "b", maxLength), InputError);
  }
});

Deno.test("wordPieceFromVocab refuses an empty, incomplete or double vocabulary", () => {
  const refuses = (text: string, pattern: RegExp) =>
    assert.throws(() => wordPieceFromVocab(text, { name: "vocab.txt" }), (error: Error) => {
      return error instanceof InputError && pattern.test(error.message);
    });
  refuses("", /vocab.txt is empty/);
  refuses("\n", /vocab.txt is empty/);
  for (const token of specials.slice(0, 4)) {
    refuses(specials.filter((other) => other !== token).join("\n"), /vocab.txt has no \[(PAD|UNK|CLS|SEP)\]/);
  }
  refuses([...specials, "a", "a"].join("\n"), /"a" is there twice/);
});

Deno.test("wordPieceFromVocab takes CRLF, a byte-order mark and no [MASK]", () => {
  const loaded = wordPieceFromVocab(`\uFEFF${[...specials.slice(0, 4), "a"].join("\r\n")}\r\n`);
  assert.deepEqual([loaded.vocabSize, loaded.maskId, loaded.tokens[0]], [5, null, "[PAD]"]);
});

const tokenizerJson = (lowercase: boolean) =>
  JSON.stringify({
    added_tokens: specials.map((content, id) => ({ id, content, special: true })),
    normalizer: { type: "BertNormalizer", lowercase, strip_accents: null },
    pre_tokenizer: { type: "BertPreTokenizer" },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
  });

Deno.test("wordPieceFromTokenizerJson equals the vocabulary's own tokenizer", () => {
  const loaded = wordPieceFromTokenizerJson(tokenizerJson(true));
  assert.deepEqual(loaded.tokens, vocabulary);
  for (const text of odd) assert.deepEqual(loaded.encode(text, "hello"), small.encode(text, "hello"));
  assert.deepEqual(wordPieceFromTokenizerJson(tokenizerJson(false)).tokenize("Hello"), ["Hello"]);
});

Deno.test("wordPieceFromTokenizerJson refuses other models, gaps and broken JSON", () => {
  const refuses = (text: string, pattern: RegExp) =>
    assert.throws(() => wordPieceFromTokenizerJson(text), (error: Error) => {
      return error instanceof InputError && pattern.test(error.message);
    });
  refuses("{", /tokenizer.json is not JSON/);
  refuses('{"model": {"type": "BPE"}}', /found model BPE/);
  const gap = JSON.parse(tokenizerJson(true));
  gap.model.vocab["far away"] = vocabulary.length + 1;
  refuses(JSON.stringify(gap), new RegExp(`no token has id ${vocabulary.length}`));
});

Deno.test("loadWordPiece reads a folder's tokenizer.json, vocab.txt and tokenizer_config.json", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wordpiece-"));
  try {
    await assert.rejects(loadWordPiece(folder), (error: Error) => {
      return error instanceof InputError && /neither tokenizer.json nor vocab.txt/.test(error.message);
    });
    await writeFile(join(folder, "vocab.txt"), vocabulary.join("\n"));
    assert.deepEqual((await loadWordPiece(folder)).tokenize("HELLO"), ["hello"]);
    await writeFile(join(folder, "tokenizer_config.json"), '{"do_lower_case": false}');
    const cased = await loadWordPiece(folder, { maxLength: 16 });
    assert.deepEqual([cased.tokenize("Hello"), cased.maxLength], [["Hello"], 16]);
    await writeFile(join(folder, "tokenizer.json"), tokenizerJson(true));
    assert.deepEqual((await loadWordPiece(folder)).tokenize("HELLO"), ["hello"]);
    await writeFile(join(folder, "tokenizer.json"), "");
    await assert.rejects(loadWordPiece(folder), InputError);
  } finally {
    await rm(folder, { recursive: true });
  }
});

const bertDir = Deno.env.get("DPB_BERT_DIR");

Deno.test({
  name: "loadWordPiece with BERT's real vocabulary equals the reference (needs DPB_BERT_DIR)",
  ignore: !bertDir,
  async fn() {
    const { tokens } = await loadWordPiece(bertDir!);
    const real = wordPieceFromVocab(tokens.join("\n"));
    if (real.vocabSize === 30522) { // uncased English
      assert.deepEqual(real.encode("unaffable", null).tokenIds, [101, 14477, 20961, 3468, 102]);
    }
    odd.forEach((text) => agrees(real, text));
    const text = fc.array(fc.constantFrom(...odd, "transformers ", "électricité", "🤗", "東京"), {
      maxLength: 6,
    });
    fc.assert(fc.property(text, (parts) => agrees(real, parts.join(""))), { seed: 5, numRuns: 200 });
  },
});
