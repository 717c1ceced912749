/** WordPiece: text to token ids. */
export {
  loadWordPiece,
  type TokenizedInput,
  truncatedLengths,
  type WordPiece,
  wordPieceFromTokenizerJson,
  wordPieceFromVocab,
  type WordPieceOptions,
} from "./wordpiece.ts";
