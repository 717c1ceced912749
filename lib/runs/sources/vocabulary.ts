/** The vocabulary of a BERT folder, checked against the model it stands beside. */
import type { BertConfig } from "../../bert/mod.ts";
import { InputError } from "../../errors.ts";
import { loadWordPiece, type WordPiece } from "../../text/mod.ts";
import { join } from "node:path";

/**
 * The tokenizer of `folder`. Throws `InputError` when there is none, and when it has tokens that the model of `config` has
 * no embedding for: their ids would read numbers of something else.
 */
export async function loadFittingWordPiece(
  folder: string,
  { vocabSize }: Pick<BertConfig, "vocabSize">,
): Promise<WordPiece> {
  const wordPiece = await loadWordPiece(folder);
  if (wordPiece.vocabSize <= vocabSize) return wordPiece;
  throw new InputError(
    `${folder}: the vocabulary has ${wordPiece.vocabSize} tokens, config.json says vocab_size ${vocabSize}. ` +
      `Use the files of one model.`,
  );
}

/**
 * The tokenizer of `folder` and the text of its `vocab.txt`, which saved models take along. Throws like
 * `loadFittingWordPiece`, and when `tokenizer.json` numbers the tokens differently: the model would learn one numbering
 * and, saved, be read with the other.
 */
export async function loadVocabulary(
  folder: string,
  config: Pick<BertConfig, "vocabSize">,
): Promise<{ wordPiece: WordPiece; vocabText: string }> {
  const file = join(folder, "vocab.txt");
  const vocabText = await Deno.readTextFile(file).catch(() => {
    throw new InputError(`${file} cannot be read; expected the vocabulary of the BERT there.`);
  });
  const wordPiece = await loadFittingWordPiece(folder, config);
  const lines = vocabText.replace(/^\uFEFF/, "").replace(/\r?\n$/, "").split(/\r?\n/);
  const other = lines.findIndex((token, id) => wordPiece.tokens[id] !== token);
  if (other >= 0) {
    throw new InputError(
      `${file} and tokenizer.json give different tokens the id ${other}. Use the files of one model.`,
    );
  }
  return { wordPiece, vocabText };
}
