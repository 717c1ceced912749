/** How a scene is told: as a statement, or as a question for its person. Every sentence has one reading. */
import { below, oneIn, type Random } from "./draw.ts";
import { deeds, persons, traits } from "./lexicon.ts";
import type { Clause, Scene, Term } from "./scenes.ts";

/** The choices of a wording that change no meaning. */
export interface Style {
  /** Statement: whether another person is the subject. Question: whether it begins "who is it that". */
  isInverted: boolean;
  /** By clause: "that the old nurse helped" rather than "that was helped by the old nurse". */
  hasGap: boolean[];
}

const mostClauses = 3;

/** A drawn style. */
export function drawStyle(random: Random): Style {
  return {
    isInverted: oneIn(2, random),
    hasGap: Array.from({ length: mostClauses }, () => below(2, random) === 1),
  };
}

const word = (notions: string[][], { notion, form }: Term) => notions[notion][form];
const did = ({ deed }: Clause) => word(deeds, deed);
const somebody = ({ trait, person }: Clause) => `the ${word(traits, trait)} ${word(persons, person)}`;

const predicate = (clause: Clause) =>
  clause.isAgent ? `${did(clause)} ${somebody(clause)}` : `was ${did(clause)} by ${somebody(clause)}`;

const relative = (clause: Clause, hasGap: boolean) =>
  clause.isAgent || !hasGap ? `that ${predicate(clause)}` : `that ${somebody(clause)} ${did(clause)}`;

/** "the doctor that helped the old nurse called the rich author .", or from another person's side. */
export function told({ hero, clauses }: Scene, { isInverted, hasGap }: Style): string {
  const subject = `the ${word(persons, hero)}`;
  const [first, ...others] = clauses;
  if (isInverted) {
    const main = first.isAgent
      ? `${somebody(first)} was ${did(first)} by ${subject}`
      : `${somebody(first)} ${did(first)} ${subject}`;
    const relatives = others.map((clause, at) => relative(clause, hasGap[at])).join(" and ");
    return [main, relatives, "."].filter((part) => part !== "").join(" ");
  }
  if (others.length === 0) return `${subject} ${predicate(first)} .`;
  return `${subject} ${relative(first, hasGap[0])} ${others.map(predicate).join(" and ")} .`;
}

/** "who helped the old nurse and called the rich author ?", or "who is it that ..." */
export function asked({ clauses }: Scene, { isInverted, hasGap }: Style): string {
  if (!isInverted) return `who ${clauses.map(predicate).join(" and ")} ?`;
  return `who is it ${clauses.map((clause, at) => relative(clause, hasGap[at])).join(" and ")} ?`;
}
