/**
 * The words of micro-GLUE, by what they do. Every word is one token, but for those of `pieced`, which the
 * vocabulary spells in two pieces.
 */

/** People and what they do together: who goes with whom is where he is. MNLI's mismatched sets have their own. */
export const matched = {
  names: "anna bob carl dora emil fay gus hana ivan jane karl lena mike nora otto pia".split(" "),
  company: "joins visits accompanies meets".split(" "),
};
export const mismatched = {
  names: "quinn rosa sam tina uma vera wade xena yuri zoe adam bella cleo dean elsa finn".split(" "),
  company: "escorts hosts tails flanks".split(" "),
};
export const places = "paris rome london madrid oslo lima cairo delhi".split(" ");
export const moods = "happy tired hungry busy calm late".split(" ");

/** Orders: whoever outranks somebody outranks those whom he outranks. */
export const ranks = "outranks outlives outweighs surpasses".split(" ");

/** Judgements. */
export const praise = "great good wonderful lovely brilliant funny charming superb".split(" ");
export const blame = "bad awful dreary dull terrible boring weak poor".split(" ");
export const works = "film movie show play story".split(" ");
export const aspects = "plot cast music script acting ending".split(" ");
export const judges = "critics fans viewers experts students parents".split(" ");
export const denials = "doubt deny dispute".split(" ");
export const claims = "think say believe agree claim".split(" ");

/** A word with its plural (noun) or its plural form (verb). */
export interface Numbered {
  singular: string;
  plural: string;
}

const numbered = (text: string): Numbered[] =>
  text.split(" ").map((word) => word.split("/")).map(([singular, plural]) => ({ singular, plural }));

/** Agreement. */
export const creatures = numbered(
  "dog/dogs cat/cats boy/boys girl/girls horse/horses bird/birds doctor/doctors teacher/teachers " +
    "lawyer/lawyers singer/singers driver/drivers writer/writers farmer/farmers king/kings",
);
export const actions = numbered(
  "chases/chase sees/see likes/like hears/hear fears/fear follows/follow knows/know finds/find",
);
export const states = numbered("barks/bark sleeps/sleep runs/run smiles/smile waits/wait sings/sing");
export const besides = "near behind beside above".split(" ");

/** Events: two words for each notion. The last two notions of each list are held out (see `heldOut`). */
const synonyms = (text: string): string[][] => text.split(" ").map((pair) => pair.split("/"));
export const persons = synonyms(
  "doctor/physician teacher/instructor lawyer/attorney singer/vocalist driver/chauffeur " +
    "writer/author thief/robber child/kid boss/chief sailor/seaman",
);
export const deeds = synonyms(
  "helped/aided called/phoned scolded/rebuked praised/lauded hired/employed " +
    "pursued/hunted rescued/saved greeted/welcomed tricked/fooled annoyed/bothered",
);
export const traits = synonyms(
  "old/aged rich/wealthy clever/smart brave/bold angry/furious " +
    "thin/slim strong/mighty quiet/silent sad/unhappy young/youthful",
);
export const heldOutNotions = 2;

/** Padding, which says nothing on the matter. */
export const weather = "rained snowed thundered drizzled".split(" ");
export const moves = "walked drove cycled hurried travelled".split(" ");
export const directions = "home north south back ahead".split(" ");
export const times = "noon midnight dawn dusk eight nine".split(" ");
export const days = "monday friday sunday".split(" ");
export const manners = "slowly quickly quietly calmly".split(" ");

/** Words in two pieces of the vocabulary. */
export const pieced: Readonly<Record<string, readonly [string, string]>> = {
  slowly: ["slow", "##ly"],
  quickly: ["quick", "##ly"],
  quietly: ["quiet", "##ly"],
  calmly: ["calm", "##ly"],
  seaman: ["sea", "##man"],
  youthful: ["youth", "##ful"],
  unhappy: ["un", "##happy"],
};

/** Words that hold sentences together. */
export const glueWords = (
  "the a is was it that who by in on at to from with we and where despite although even though false true wrong " +
  "clear not nobody everybody thinks believes . , ?"
).split(" ");

/** Tokens of a text, special tokens not counted. */
export function tokenCount(text: string): number {
  return text.split(" ").reduce((count, word) => count + (Object.hasOwn(pieced, word) ? 2 : 1), 0);
}
