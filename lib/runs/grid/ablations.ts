/** The ablations that the paper left out: DPBERT with one thing changed, on two tasks that need their depth. */
import type { Settings } from "../recipe.ts";

/** A change, on top of the settings under which DPBERT runs anyway. */
export interface Ablation {
  title: string;
  settings: Settings;
}

/** Where they are run. */
export const ablationTasks: readonly string[] = ["sst-2", "cola"];

/** In the order of the table; what is not named stays as the recipe has it. */
export const ablations: readonly Ablation[] = [
  { title: "no reinforcement term (λ1 = 0)", settings: { lambda1: 0 } },
  { title: "no stage 2", settings: { "stage2.steps": 0 } },
  { title: "λ2 = 1", settings: { lambda2: 1 } },
  { title: "λ2 = 100", settings: { lambda2: 100 } },
  { title: "μ per example", settings: { muPer: "example" } },
  { title: "planner's input attached", settings: { plannerInput: "attached" } },
  { title: "reward baseline: batch mean", settings: { rewardBaseline: "batch" } },
  { title: "reward baseline: self-critical", settings: { rewardBaseline: "self-critical" } },
];
