/** A model counts as on target up to this much above the target rate; here, because `report` says so and knows no method. */
export const targetSlack = 0.05;
