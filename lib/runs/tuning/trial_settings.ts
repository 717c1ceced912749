/** Which settings of a method's search space `tune` tries. */
import { InputError } from "../../errors.ts";
import { shuffledOrder } from "../../glue/mod.ts";
import { type Random, random } from "../../tensor/mod.ts";
import type { SearchSpace } from "../methods/search.ts";
import { type Recipe, settingKeys, type Settings } from "../recipe.ts";

/** A setting, what the recipe has for it, and what it may be, that included. */
interface Axis {
  key: string;
  own: number;
  values: number[];
}

/**
 * The settings of `count` trials: the recipe as it stands, then distinct others, without what the recipe has anyway. Each
 * value of a setting comes up as often as its others (Latin hypercube sampling; McKay, Beckman and Conover 1979). The
 * draw depends on the space alone, and more trials are the same ones and some more. Throws `InputError` where the space
 * has fewer.
 */
export function trialSettings(space: SearchSpace, recipe: Recipe, count: number): Settings[] {
  const axes = axesOf(space, recipe), size = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > size) throw new InputError(`${count} trials are more than the ${size} of the search space.`);
  const rng = random(0, "trials"), dealt = axes.map(({ values }) => deal(values, rng));
  const trials = new Map<string, Settings>([["{}", {}]]);
  while (trials.size < count) {
    const drawn = axes.map(({ key, own }, at) => ({ key, own, value: dealt[at].next().value! }));
    const settings = Object.fromEntries(
      drawn.filter(({ own, value }) => value !== own).map(({ key, value }) => [key, value]),
    );
    trials.set(JSON.stringify(settings), settings);
  }
  return [...trials.values()];
}

/** The values in a random order, again and again, each time in another one. */
function* deal(values: readonly number[], rng: Random): Generator<number, never> {
  for (;;) for (const at of shuffledOrder(values.length, rng)) yield values[at];
}

function axesOf(space: SearchSpace, recipe: Recipe): Axis[] {
  return Object.entries(space).map(([key, candidates]) => {
    const own = valueOf(recipe, key);
    const values = "of" in candidates ? candidates.of : candidates.times.map((factor) => short(own * factor));
    return { key, own, values: [...new Set([own, ...values])] };
  });
}

/** Two digits name a setting as well as more do. */
const short = (value: number) => Number(value.toPrecision(2));

function valueOf(recipe: Recipe, key: string): number {
  const place = settingKeys().get(key);
  const value = place && (place[1] === null ? recipe[place[0]] : (recipe[place[0]] as Settings)[place[1]]);
  if (typeof value === "number") return value;
  throw new InputError(`The search space names "${key}"; expected a setting that is a number.`);
}
