/** Rows of pre-training text as token ids, with what is to be found out about each token. */
import { judgedRow, type PretextKind, type PretextRow, trueRow } from "../micro/mod.ts";
import { type Random, random } from "../tensor/mod.ts";
import type { WordPiece } from "../text/mod.ts";

/** A question about one token: which word stands behind a mask (`answer` is its id), or was it replaced (0, 1). */
export interface TokenQuestion {
  /** Position in the row. */
  at: number;
  answer: number;
}

/** One row as the model sees it. */
export interface PretextExample {
  kind: PretextRow["kind"];
  tokenIds: number[];
  segmentIds: number[];
  /** Masked language modelling; empty in judged rows. */
  masked: TokenQuestion[];
  /** Replaced-token detection on the last part; empty in masked rows. */
  replaced: TokenQuestion[];
  /** Next-sentence prediction; null in masked rows and rows of one part. */
  follows: boolean | null;
}

/** Where the texts come from and how they are spelled. */
export interface PretextStream {
  wordPiece: WordPiece;
  seed: number;
  /** Where in the streams the first step begins; 0 unless said otherwise. */
  firstRow?: number;
  /** What is told; everything unless said otherwise. */
  kinds?: readonly PretextKind[];
}

/**
 * Share of the tokens to guess: few in the first part, whose names nobody can know, many in what follows from it, where
 * every one can be worked out.
 */
const maskedShare = { first: 0.08, last: 0.4, only: 0.3 };

interface SpelledRow {
  tokenIds: number[];
  segmentIds: number[];
  /** By token: the word of the last part that it spells, -1 outside. */
  lastWord: number[];
}

/** `[CLS] a [SEP]`, or `[CLS] a [SEP] b [SEP]`, word by word, so that every token knows its word. */
function spelled({ a, b }: PretextRow, wordPiece: WordPiece): SpelledRow {
  const row: SpelledRow = { tokenIds: [], segmentIds: [], lastWord: [] };
  const push = (id: number, segment: number, word: number) => {
    row.tokenIds.push(id);
    row.segmentIds.push(segment);
    row.lastWord.push(word);
  };
  push(wordPiece.clsId, 0, -1);
  [a, ...(b === null ? [] : [b])].forEach((part, segment, parts) => {
    part.split(" ").forEach((word, at) => {
      for (const id of pieceIds(word, wordPiece)) push(id, segment, segment === parts.length - 1 ? at : -1);
    });
    push(wordPiece.sepId, segment, -1);
  });
  return row;
}

/** The pieces of every word seen so far: the grammars have few words, and the tokenizer takes its time. */
const known = new WeakMap<WordPiece, Map<string, number[]>>();

function pieceIds(word: string, wordPiece: WordPiece): number[] {
  if (!known.has(wordPiece)) known.set(wordPiece, new Map());
  const pieces = known.get(wordPiece)!;
  if (!pieces.has(word)) {
    pieces.set(word, wordPiece.tokenize(word).map((piece) => wordPiece.tokens.indexOf(piece)));
  }
  return pieces.get(word)!;
}

/** Row `row` of the true stream with some tokens hidden: 80 % as [MASK], 10 % as any token, 10 % as they are. */
export function maskedExample(row: number, { wordPiece, seed, kinds }: PretextStream): PretextExample {
  const text = trueRow(row, { seed, kinds }), rng = random(seed, "masks", row);
  const { tokenIds, segmentIds, lastWord } = spelled(text, wordPiece);
  const masked = tokenIds.flatMap((answer, at): TokenQuestion[] => {
    const isSpecial = answer === wordPiece.clsId || answer === wordPiece.sepId;
    const share = lastWord[at] < 0 ? maskedShare.first : text.b ? maskedShare.last : maskedShare.only;
    return !isSpecial && rng() < share ? [{ at, answer }] : [];
  });
  for (const { at } of masked) tokenIds[at] = hidden(tokenIds[at], wordPiece, rng);
  return { kind: text.kind, tokenIds, segmentIds, masked, replaced: [], follows: null };
}

/** What stands in the place of a token to guess (Devlin et al. 2019, section 3.1). */
function hidden(id: number, { maskId, vocabSize }: WordPiece, rng: Random): number {
  const drawn = rng();
  if (drawn < 0.8) return maskId!;
  return drawn < 0.9 ? Math.floor(rng() * vocabSize) : id;
}

/** Row `row` of the judged stream: nothing hidden, half of them falsified. */
export function judgedExample(row: number, { wordPiece, seed, kinds }: PretextStream): PretextExample {
  const text = judgedRow(row, { seed, kinds });
  const { tokenIds, segmentIds, lastWord } = spelled(text, wordPiece);
  const replaced = lastWord.flatMap((word, at): TokenQuestion[] =>
    word < 0 || text.replaced === null ? [] : [{ at, answer: Number(text.replaced[word]) }]
  );
  return { kind: text.kind, tokenIds, segmentIds, masked: [], replaced, follows: text.follows };
}
