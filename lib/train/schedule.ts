/** Learning-rate schedules. */

/** Learning rate at a step, counted from 0. */
export type Schedule = (step: number) => number;

/**
 * Linear warm-up over the first `warmup` share of the steps to `peak`, then linear decay to `final * peak` at the end
 * (Devlin et al. 2019: warmup 0.1, final 0). The first step already moves.
 */
export function linearSchedule(steps: number, peak: number, { warmup = 0, final = 0 } = {}): Schedule {
  const rising = Math.round(steps * warmup);
  return (step) => {
    if (step < rising) return peak * (step + 1) / rising;
    const left = (steps - step) / Math.max(1, steps - rising);
    return peak * (final + (1 - final) * left);
  };
}
