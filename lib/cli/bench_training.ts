/** `deno task bench --training`: a training step beside PyTorch's, where `DPB_PYTHON` names a Python that has it. */
import { benchTraining, trainingContestants, trainingShapes } from "../bench/training.ts";
import type { MeasuredTraining } from "../bench/training_table.ts";
import { readConfig } from "../config.ts";
import { loadAverage, machine } from "../runs/records/environment.ts";

/** Times every shape; `say` hears of each. Throws `InputError` where a contestant does not start. */
export async function measuredTraining(say: (line: string) => void): Promise<MeasuredTraining> {
  const { python } = readConfig();
  if (!python) {
    say(
      "PyTorch is absent: make an environment with it (python3 -m venv, pip install torch numpy) and set DPB_PYTHON to its Python.",
    );
  }
  const load = loadAverage(), outcomes: MeasuredTraining["outcomes"] = [];
  for (const [at, shape] of trainingShapes.entries()) {
    say(`training ${shape.name}`);
    outcomes.push(await benchTraining(shape, trainingContestants(shape, python), { pairs: at === 0 }));
  }
  return { machine: machine(), load, outcomes };
}
