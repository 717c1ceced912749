/** micro-GLUE's WordPiece vocabulary. */
import * as lexicon from "./lexicon.ts";

const specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/** Every token, special tokens first in BERT's order, each once; a line of `vocab.txt` each. */
export function microVocabulary(): string[] {
  const forms = [...lexicon.creatures, ...lexicon.actions, ...lexicon.states]
    .flatMap(({ singular, plural }) => [singular, plural]);
  const words = [
    ...lexicon.glueWords,
    ...[lexicon.matched, lexicon.mismatched].flatMap(({ names, company }) => [...names, ...company]),
    ...[lexicon.places, lexicon.moods, lexicon.ranks].flat(),
    ...[lexicon.praise, lexicon.blame, lexicon.works, lexicon.aspects, lexicon.judges].flat(),
    ...[lexicon.denials, lexicon.claims, forms, lexicon.besides].flat(),
    ...[lexicon.persons, lexicon.deeds, lexicon.traits].flat(2),
    ...[lexicon.weather, lexicon.moves, lexicon.directions, lexicon.times, lexicon.days].flat(),
    ...lexicon.manners,
  ];
  const whole = words.filter((word) => !Object.hasOwn(lexicon.pieced, word));
  return [...new Set([...specials, ...whole, ...Object.values(lexicon.pieced).flat()])];
}
