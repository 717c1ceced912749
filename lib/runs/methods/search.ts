/** Where `tune` looks for a method's settings: what a space is, and those that several methods share. */

/**
 * By the key of each setting (`--set`) what it may be beside the recipe's own value: `times` that value, so that one space
 * serves every profile, or one `of` these. Steps stand in no space: every method has the same number of them.
 */
export type SearchSpace = Readonly<Record<string, { times: readonly number[] } | { of: readonly number[] }>>;

const weightDecay = { of: [0, 0.01, 0.1] };

/** Of a section of the recipe that trains one group of parameters. */
export const fineTuneSearch = (section: "stage1" | "stage3"): SearchSpace => ({
  [`${section}.learningRate`]: { times: [0.25, 0.5, 0.7, 1.5, 2, 4] },
  [`${section}.weightDecay`]: weightDecay,
});

/** Of off-ramps on a backbone that stands still: a first search up to 4 had its best at the end, so it goes on. */
export const offRampSearch: SearchSpace = {
  "exits.learningRate": { times: [0.5, 2, 4, 8, 16, 32] },
  "exits.weightDecay": weightDecay,
};

/** Of a third stage that trains a backbone and its planner. */
export const plannerSearch: SearchSpace = {
  "stage3.learningRate": { times: [0.5, 2] },
  plannerLearningRate: { times: [0.5, 2] },
  lambda2: { times: [0.3, 3] },
};
