import assert from "node:assert/strict";
import { linearSchedule } from "./schedule.ts";

const near = (found: number, expected: number) => assert.ok(Math.abs(found - expected) < 1e-12, `${found}`);

Deno.test("linearSchedule climbs over the warm-up, peaks, and ends one step above 0", () => {
  const rate = linearSchedule(10, 8, { warmup: 0.2 });
  [4, 8, 8, 7, 6, 5, 4, 3, 2, 1].forEach((expected, step) => near(rate(step), expected));
  near(rate(10), 0);
});

Deno.test("linearSchedule without warm-up starts at its peak and ends at its final share", () => {
  const rate = linearSchedule(4, 1, { final: 0.2 });
  [1, 0.8, 0.6, 0.4, 0.2].forEach((expected, step) => near(rate(step), expected));
});

Deno.test("linearSchedule stays a number where everything is warm-up, and for one step", () => {
  near(linearSchedule(4, 1, { warmup: 1 })(3), 1);
  near(linearSchedule(1, 3, { warmup: 0.1 })(0), 3);
});
