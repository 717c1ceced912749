/** What happened to whom, the same retold, and how much two tellings differ. No words yet: `wording.ts` has them. */
import { below, oneIn, pick, type Random, sample, shuffled } from "./draw.ts";
import { deeds, heldOutNotions, persons, traits } from "./lexicon.ts";

/** A notion and the one of its two words that is used. */
export interface Term {
  notion: number;
  form: number;
}

/** What the scene's person did to somebody, or had done to him. */
export interface Clause {
  isAgent: boolean;
  deed: Term;
  trait: Term;
  person: Term;
}

/** One person and his clauses, in the order of telling. */
export interface Scene {
  hero: Term;
  clauses: Clause[];
}

const clauseCount = [0, 1, 2, 2, 3];

/** A scene of a level (see `events.ts`). */
export function scene(level: number, random: Random): Scene {
  const count = clauseCount[level];
  const term = (notion: number): Term => ({ notion, form: below(2, random) });
  const some = (list: unknown[], count: number) => sample([...list.keys()], count, random).map(term);
  const [hero, ...others] = some(persons, count + 1);
  const people = level >= 3 ? [others[0], others[0], ...others.slice(2)] : others;
  const deed = some(deeds, count), trait = some(traits, count);
  const clauses = people.map((person, at) => ({
    isAgent: oneIn(2, random),
    deed: deed[at],
    trait: trait[at],
    person: { ...person },
  }));
  return { hero, clauses: shuffled(clauses, random) };
}

/** Every term of a scene that is said, in place, with its list of notions. */
function terms({ hero, clauses }: Scene, isHeroSaid: boolean): { term: Term; notions: string[][] }[] {
  return [
    ...(isHeroSaid ? [{ term: hero, notions: persons }] : []),
    ...clauses.flatMap(({ deed, trait, person }) => [
      { term: deed, notions: deeds },
      { term: trait, notions: traits },
      { term: person, notions: persons },
    ]),
  ];
}

const isHeldOut = (notion: number, notions: string[][]) => notion >= notions.length - heldOutNotions;

/** A scene as another sentence tells it. */
export interface Retelling {
  /** Words that change their form. */
  changes: number;
  /** How many of those are replaced by a word that is no synonym. */
  replacements: number;
  /** Roles or words exchanged. */
  exchanges: number;
  /** Whether held-out notions keep their form. */
  training: boolean;
  /** QQP asks for the person, who has no word to change. */
  isHeroSaid: boolean;
}

/** `from` in other words, in another order; with replacements or exchanges it may say something else. */
export function retold(
  from: Scene,
  { changes, replacements, exchanges, training, isHeroSaid }: Retelling,
  random: Random,
) {
  const to: Scene = structuredClone(from);
  for (let done = 0; done < exchanges; done++) exchange(to, isHeroSaid, random);
  const changeable = terms(to, isHeroSaid).filter(({ term, notions }) =>
    !training || !isHeldOut(term.notion, notions)
  );
  sample(changeable, changes, random).forEach(({ term, notions }, at) => {
    if (at < replacements) replace(term, notions, to, random);
    else term.form = 1 - term.form;
  });
  return { ...to, clauses: shuffled(to.clauses, random) };
}

/** Puts a notion that the scene does not have yet in place of one. */
function replace(term: Term, notions: string[][], scene: Scene, random: Random): void {
  const used = terms(scene, true).filter((other) => other.notions === notions).map(({ term }) => term.notion);
  term.notion = pick([...notions.keys()].filter((notion) => !used.includes(notion)), random);
  term.form = below(2, random);
}

/** Replaces one word of a scene, in place. */
export function replaceOne(scene: Scene, isHeroSaid: boolean, random: Random): void {
  const { term, notions } = pick(terms(scene, isHeroSaid), random);
  replace(term, notions, scene, random);
}

/** Does one exchange in place: who did it to whom, or a word of one clause with its like in another. */
export function exchange({ hero, clauses }: Scene, isHeroSaid: boolean, random: Random): void {
  const [one, other] = shuffled(clauses, random);
  const kinds = other ? ["role", "deed", "trait", "person"] as const : ["role", "person"] as const;
  const kind = pick<"role" | "deed" | "trait" | "person">(kinds, random);
  if (kind === "role") one.isAgent = !one.isAgent;
  else if (kind === "person" && isHeroSaid && (!other || oneIn(2, random))) {
    [hero.notion, one.person.notion] = [one.person.notion, hero.notion];
    [hero.form, one.person.form] = [one.person.form, hero.form];
  } else if (other) [one[kind], other[kind]] = [other[kind], one[kind]];
}

/** Whether two scenes say the same, whatever the words and the order. */
export function isSame(one: Scene, other: Scene): boolean {
  const facts = ({ hero, clauses }: Scene) => [`${hero.notion}`, ...clauses.map(clauseKey).sort()].join(" ");
  return facts(one) === facts(other);
}

const clauseKey = ({ isAgent, deed, trait, person }: Clause) =>
  `${isAgent}/${deed.notion}/${trait.notion}/${person.notion}`;

/** What a difference costs, in tenths of a point. */
const costs = { hero: 15, role: 10, deed: 12, trait: 8, person: 12 };

/** Tenths of a point between two scenes of as many clauses: the cheapest matching of their clauses. */
export function difference(one: Scene, other: Scene): number {
  const hero = one.hero.notion === other.hero.notion ? 0 : costs.hero;
  return hero +
    Math.min(
      ...orders(other.clauses).map((clauses) =>
        clauses.reduce((sum, clause, at) => sum + clauseDifference(one.clauses[at], clause), 0)
      ),
    );
}

function clauseDifference(one: Clause, other: Clause): number {
  const kinds = ["deed", "trait", "person"] as const;
  const words = kinds.map((kind) => one[kind].notion === other[kind].notion ? 0 : costs[kind]);
  return words.reduce((sum, cost) => sum + cost, one.isAgent === other.isAgent ? 0 : costs.role);
}

function orders<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, at) => orders(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}
