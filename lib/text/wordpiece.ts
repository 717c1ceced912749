/**
 * BERT's tokenizer: basic tokenization (clean, split CJK, lower-case, strip accents, split punctuation), then
 * greedy longest-match WordPiece (google-research/bert, tokenization.py), by `@huggingface/tokenizers`.
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { InputError, visible } from "../errors.ts";

/** One or two sentences as BERT reads them: `[CLS] a [SEP]`, or `[CLS] a [SEP] b [SEP]`. */
export interface TokenizedInput {
  tokenIds: number[];
  /** 0 up to and with the first [SEP], 1 after it. Same length as `tokenIds`. */
  segmentIds: number[];
}

/** A loaded vocabulary and what can be done with it. */
export interface WordPiece {
  /** Token strings, by id. */
  tokens: readonly string[];
  vocabSize: number;
  padId: number;
  unknownId: number;
  clsId: number;
  sepId: number;
  /** Null where the vocabulary has no [MASK]; only pre-training needs it. */
  maskId: number | null;
  /** Whether texts are lower-cased. */
  lowerCase: boolean;
  /** Whether accents are stripped; null: as `lowerCase`. */
  stripAccents: boolean | null;
  /** Tokens an input may have, special tokens included, unless `encode` is told otherwise. */
  maxLength: number;
  /** Splits a text into pieces, without special tokens and without truncation. */
  tokenize(text: string): string[];
  /** Token and segment ids of a sentence or a pair, at most `maxLength` long. Throws `InputError` below 3. */
  encode(a: string, b: string | null, maxLength?: number): TokenizedInput;
}

/** What differs between BERT vocabularies. */
export interface WordPieceOptions {
  /** Lower-case the text (uncased models); true unless said otherwise. */
  lowerCase?: boolean;
  /** Strip accents; null (the default) means: as `lowerCase`. */
  stripAccents?: boolean | null;
  /** Default of `encode`'s `maxLength`: 128, as in BERT's GLUE runs. */
  maxLength?: number;
  /** What errors call the vocabulary. */
  name?: string;
}

/**
 * Loads the tokenizer of a Hugging Face folder: `tokenizer.json`, else `vocab.txt`, with `do_lower_case` and
 * `strip_accents` from `tokenizer_config.json` if that is there (else lower-casing, as uncased BERT).
 * Throws `InputError` for a missing, empty or unusable vocabulary.
 */
export async function loadWordPiece(
  folder: string,
  { maxLength = 128 }: { maxLength?: number } = {},
): Promise<WordPiece> {
  const json = await textOrNull(join(folder, "tokenizer.json"));
  if (json !== null) {
    return wordPieceFromTokenizerJson(json, { maxLength, name: join(folder, "tokenizer.json") });
  }
  const name = join(folder, "vocab.txt");
  const vocabText = await textOrNull(name);
  if (vocabText === null) {
    throw new InputError(
      `Found neither tokenizer.json nor vocab.txt in "${folder}"; expected a BERT folder.`,
    );
  }
  const configPath = join(folder, "tokenizer_config.json");
  const configText = await textOrNull(configPath);
  const config = configText === null ? {} : parseJson(configText, configPath);
  const lowerCase = config.do_lower_case !== false;
  const stripAccents = typeof config.strip_accents === "boolean" ? config.strip_accents : null;
  return wordPieceFromVocab(vocabText, { lowerCase, stripAccents, maxLength, name });
}

/** Builds the tokenizer from the text of a `vocab.txt`: one token per line, its id the line number from 0. */
export function wordPieceFromVocab(vocabText: string, options: WordPieceOptions = {}): WordPiece {
  const name = options.name ?? "the vocabulary";
  const tokens = vocabText.replace(/^\uFEFF/, "").replace(/\r?\n$/, "").split(/\r?\n/);
  if (tokens.length === 1 && tokens[0] === "") {
    throw new InputError(`${name} is empty; expected one token per line.`);
  }
  return build(tokens, name, options);
}

/** Builds the tokenizer from the text of a `tokenizer.json` with a WordPiece model and BERT's normalizer. */
export function wordPieceFromTokenizerJson(jsonText: string, options: WordPieceOptions = {}): WordPiece {
  const name = options.name ?? "tokenizer.json";
  const { model, normalizer, added_tokens } = parseJson(jsonText, name);
  const type = model?.type ?? (model?.continuing_subword_prefix ? "WordPiece" : undefined);
  if (type !== "WordPiece" || normalizer?.type !== "BertNormalizer") {
    throw new InputError(
      `${name}: found model ${type} with ${normalizer?.type}, expected WordPiece with BertNormalizer.`,
    );
  }
  const tokens: string[] = [];
  for (const [token, id] of Object.entries<number>(model.vocab ?? {})) tokens[id] = token;
  for (const added of added_tokens ?? []) tokens[added.id] ??= added.content;
  const gap = Array.from(tokens).findIndex((token) => token === undefined);
  if (gap >= 0) throw new InputError(`${name}: no token has id ${gap}; expected ids without gaps.`);
  if (tokens.length === 0) throw new InputError(`${name}: the vocabulary is empty.`);
  return build(tokens, name, {
    ...options,
    lowerCase: normalizer.lowercase !== false,
    stripAccents: normalizer.strip_accents ?? null,
  });
}

/**
 * Cuts a pair to `budget` tokens as BERT does (`truncate_seq_pair` in google-research/bert, run_classifier.py):
 * one token off the longer one's end at a time, off the second one's when they are equally long. Hugging Face's
 * Python tokenizers do the same; its Rust ones differ by one token when both are cut and `budget` is odd (the
 * longer one, or on a tie the second, keeps it). We follow the original. Returns the two lengths.
 */
export function truncatedLengths(a: number, b: number, budget: number): { a: number; b: number } {
  while (a + b > budget) {
    if (a > b) a--;
    else b--;
  }
  return { a, b };
}

// Characters beyond U+FFFF that BERT splits as CJK; the library only sees halves of them, so they get their
// spaces here.
const astralCjk = /[\u{20000}-\u{2A6DF}\u{2A700}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;

function build(tokens: readonly string[], name: string, options: WordPieceOptions): WordPiece {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size !== tokens.length) {
    const twice = tokens.find((token, id) => ids.get(token) !== id);
    throw new InputError(
      `${name}: the token "${visible(twice!)}" is there twice; expected every token once.`,
    );
  }
  const special = (token: string) => {
    const id = ids.get(token);
    if (id === undefined) throw new InputError(`${name} has no ${token}; expected a BERT vocabulary.`);
    return id;
  };
  const padId = special("[PAD]"),
    unknownId = special("[UNK]"),
    clsId = special("[CLS]"),
    sepId = special("[SEP]");
  const tokenizer = newTokenizer(ids, options);
  const idsOf = (text: string) =>
    tokenizer.encode(text.replace(astralCjk, " $& "), { add_special_tokens: false }).ids;
  const defaultLength = options.maxLength ?? 128;
  return {
    tokens,
    vocabSize: tokens.length,
    padId,
    unknownId,
    clsId,
    sepId,
    maskId: ids.get("[MASK]") ?? null,
    lowerCase: options.lowerCase ?? true,
    stripAccents: options.stripAccents ?? null,
    maxLength: defaultLength,
    tokenize: (text) => idsOf(text).map((id) => tokens[id]),
    encode(a, b, maxLength = defaultLength) {
      if (!Number.isInteger(maxLength) || maxLength < 3) {
        throw new InputError(`Found maxLength ${maxLength}; expected a whole number of at least 3.`);
      }
      const idsA = idsOf(a);
      if (b === null) {
        const kept = idsA.slice(0, maxLength - 2);
        return { tokenIds: [clsId, ...kept, sepId], segmentIds: new Array(kept.length + 2).fill(0) };
      }
      const idsB = idsOf(b);
      const kept = truncatedLengths(idsA.length, idsB.length, maxLength - 3);
      return {
        tokenIds: [clsId, ...idsA.slice(0, kept.a), sepId, ...idsB.slice(0, kept.b), sepId],
        segmentIds: [...new Array(kept.a + 2).fill(0), ...new Array(kept.b + 1).fill(1)],
      };
    },
  };
}

function newTokenizer(ids: Map<string, number>, { lowerCase = true, stripAccents = null }: WordPieceOptions) {
  return new Tokenizer({
    // No added tokens: "[SEP]" inside a sentence is text, as in google-research/bert, and cannot forge a segment.
    added_tokens: [],
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: stripAccents,
      lowercase: lowerCase,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: null,
    decoder: null,
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(ids),
    },
  }, {});
}

// deno-lint-ignore no-explicit-any -- foreign JSON; the fields read are checked where they are used
function parseJson(text: string, name: string): any {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${name} is not JSON: ${visible((error as Error).message)}.`);
  }
}

async function textOrNull(path: string): Promise<string | null> {
  const file = await stat(path).catch(() => null);
  return file?.isFile() ? await readFile(path, "utf8") : null;
}
