/**
 * For tests: the label of a micro-GLUE text, worked out from the text alone and by other means than the
 * generators' own.
 */
import {
  actions,
  blame,
  creatures,
  deeds,
  matched,
  mismatched,
  persons,
  praise,
  states,
  traits,
} from "./lexicon.ts";

/** The text without its padding: what does not begin with "it <weather>" or "we". */
export function core(text: string): string {
  return text.match(/[^.?]+[.?]/g)!.map((sentence) => sentence.trim())
    .filter((sentence) => !/^(we |it (?!is ))/.test(sentence)).join(" ");
}

const judging = /((?!the )\w+ (\w+ ){1,3}?that )?the \w+ is \w+/.source;
const concessions = new RegExp(
  `although ${judging} ,|even though ${judging}|despite the \\w+ \\w+( ,)?`,
  "g",
);

/** SST-2: the text without what it concedes, and whether the judgement that is left praises. */
function decided(said: string): { rest: string; isPraise: boolean } {
  const rest = said.replace(concessions, "");
  const judgement = rest.match(/the \w+ is (\w+)\s+\.$/)![1];
  if (!praise.includes(judgement) && !blame.includes(judgement)) throw new Error(`no judgement in: ${said}`);
  return { rest, isPraise: praise.includes(judgement) };
}

const turns = (text: string) => text.match(/\b(doubt|deny|dispute|nobody|false|wrong|not)\b/g)?.length ?? 0;

/** SST-2: the polarity of the judgement that nothing concedes, turned once for every word that turns. */
export function verdict(text: string): { isPositive: boolean; operators: number } {
  const said = core(text), { rest, isPraise } = decided(said);
  const clauses = rest.match(/\bthat\b/g)?.length ?? 0;
  return {
    isPositive: isPraise === (turns(rest) % 2 === 0),
    operators: clauses + (said.match(concessions)?.length ?? 0),
  };
}

/** The same without scope: also by what turns only what is conceded. */
export function countedVerdict(text: string): boolean {
  const said = core(text);
  return decided(said).isPraise === (turns(said) % 2 === 0);
}

/** CoLA: verbs meet their subjects from the inside out, as on a stack. */
export function agreement(text: string): { isAcceptable: boolean; depth: number } {
  const words = core(text).split(" ");
  const isPlural = (list: typeof creatures, word: string) => list.some(({ plural }) => plural === word);
  const isForm = (list: typeof creatures, word: string) =>
    list.some(({ singular, plural }) => [singular, plural].includes(word));
  const open: boolean[] = [];
  let isAcceptable = true, subjects = 0;
  words.forEach((word, at) => {
    if (isForm(creatures, word) && !/^(near|behind|beside|above)$/.test(words[at - 2] ?? "")) {
      open.push(isPlural(creatures, word));
      subjects++;
    } else if (isForm([...actions, ...states], word)) {
      const isAgreeing = open.pop() === isPlural([...actions, ...states], word);
      isAcceptable = isAcceptable && isAgreeing;
    }
  });
  if (open.length > 0) throw new Error(`${open.length} subjects without a verb in: ${text}`);
  return { isAcceptable, depth: subjects - 1 };
}

/** Steps from each person to each other along directed facts (Floyd and Warshall); Infinity where none lead. */
function distances(facts: [string, string][]): (from: string, to: string) => number {
  const people = [...new Set(facts.flat())];
  const index = (name: string) => people.indexOf(name);
  const steps = people.map((_, row) => people.map((_, column) => row === column ? 0 : Infinity));
  for (const [from, to] of facts) steps[index(from)][index(to)] = 1;
  people.forEach((_, via) =>
    people.forEach((_, from) =>
      people.forEach((_, to) => {
        steps[from][to] = Math.min(steps[from][to], steps[from][via] + steps[via][to]);
      })
    )
  );
  return (from, to) => steps[index(from)]?.[index(to)] ?? Infinity;
}

const statementsOf = (text: string) =>
  text.split(" .").map((part) => part.trim().split(" ")).filter(([w]) => w);

/** RTE: what the facts say of the hypothesis, and in how many steps (Infinity when neutral). */
export function relation(premise: string, hypothesis: string) {
  const facts = statementsOf(premise), [[higher, verb, lower]] = statementsOf(hypothesis);
  const alike = facts.filter((fact) => fact[1] === verb);
  const steps = distances(alike.map(([from, _, to]) => [from, to]));
  const up = steps(lower, higher), down = steps(higher, lower);
  const label = down < Infinity ? "entailment" : up < Infinity ? "contradiction" : "neutral";
  return { label, steps: Math.min(up, down) };
}

/** QNLI, MNLI: the person's place, if the story tells it, and how many steps lead to the place or to the mood. */
export function place(person: string, story: string) {
  const facts = statementsOf(story);
  const steps = distances(
    facts.filter(([, verb]) => [...matched.company, ...mismatched.company].includes(verb)).map((
      [from, , to],
    ): [string, string] => [from, to]),
  );
  const ends = facts.filter(([, verb]) => verb === "is").map(([name, , ...rest]) => ({
    name,
    place: rest[0] === "in" ? rest[1] : null,
  }));
  // Somebody without company is no further than himself.
  const away = (name: string) => name === person ? 0 : steps(person, name);
  const reached = ends.filter(({ name }) => away(name) < Infinity);
  return {
    place: reached.find(({ place }) => place)?.place ?? null,
    steps: Math.min(...reached.map(({ name }) => away(name))),
  };
}

/** A clause as it is meant: the hero's role, and the first word of each notion. */
export interface MeantClause {
  role: "agent" | "patient";
  deed: string;
  trait: string;
  person: string;
}

const notion = (list: string[][], word: string) => list.find((words) => words.includes(word))?.[0];

/** MRPC, QQP, STS-B: who the hero is (null in a question), and what he did or had done to him. */
export function meaning(text: string): { hero: string | null; clauses: MeantClause[] } {
  const words = core(text).split(" ");
  // A person with a trait is another; one without is the hero.
  const personAt = (at: number) => {
    if (words[at] !== "the") return null;
    const trait = notion(traits, words[at + 1]);
    const person = notion(persons, words[at + (trait ? 2 : 1)]);
    return person ? { trait: trait ?? null, person, length: trait ? 3 : 2 } : null;
  };
  const starts = words.map((_, at) => personAt(at));
  const hero = starts.find((start) => start && start.trait === null)?.person ?? null;
  const clauses = words.flatMap((word, at): MeantClause[] => {
    const deed = notion(deeds, word);
    if (!deed) return [];
    const before = starts.findIndex((start, from) => start && from + start.length === at);
    if (before > 0 && words[before - 1] === "that") return [clause("patient", deed, starts[before])];
    const isPassive = words[at - 1] === "was";
    const named = starts[isPassive ? at + 2 : at + 1];
    // Where the hero is named after the verb, the sentence began with the other person.
    const isHeroNamed = named!.trait === null;
    const role = isPassive === isHeroNamed ? "agent" : "patient";
    return [clause(role, deed, isHeroNamed ? starts[0] : named)];
  });
  return { hero, clauses };
}

function clause(
  role: MeantClause["role"],
  deed: string,
  other: { trait: string | null; person: string } | null,
): MeantClause {
  return { role, deed, trait: other!.trait!, person: other!.person };
}
