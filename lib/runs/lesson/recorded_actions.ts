/** Stage 3's actions written down on one backend, so that another one can take the same. */
import { type PlanTrace, type Sampling } from "../../methods/mod.ts";
import { detach, floatTensor, keep, lessThan, read, type Tensor } from "../../tensor/mod.ts";

/** What the gates of one layer did in one step, row by row. */
export interface LayerActions {
  actions: Float32Array;
  /** s^i (Eq. 4). */
  executeProbs: Float32Array;
  /** Numbers that this backend would have drawn by itself, and the actions they would have given. */
  ownDraws: Float32Array;
  ownActions: Float32Array;
}

/** `[steps][layers]`. */
export type RecordedActions = LayerActions[][];

/**
 * `sampling` under observation, beside what `own` would have drawn. `recorded` waits for the device and is asked once,
 * after training.
 */
export function recording(
  sampling: Sampling,
  own: Sampling,
): { sampling: Sampling; recorded(): Promise<RecordedActions> } {
  const kept: { ownDraws: Float32Array; tensors: Tensor[] }[][] = [];
  const onTrace = (step: number, { actions, executeProbs }: PlanTrace) => {
    const draws = own.draws(step, actions[0].size);
    kept.push(actions.map((action, layer) => {
      const prob = detach(executeProbs[layer]);
      const ownAction = lessThan(floatTensor(draws[layer], [draws[layer].length]), prob);
      return { ownDraws: draws[layer], tensors: [detach(action), prob, ownAction].map(keep) };
    }));
  };
  const readLayer = async ({ ownDraws, tensors }: typeof kept[number][number]): Promise<LayerActions> => {
    const [actions, executeProbs, ownActions] = await Promise.all(tensors.map(read));
    tensors.forEach((tensor) => tensor.dispose());
    return { actions, executeProbs, ownDraws, ownActions };
  };
  const recorded = () => Promise.all(kept.map((layers) => Promise.all(layers.map(readLayer))));
  return { sampling: { ...sampling, onTrace }, recorded };
}

/** Recorded actions as draws that leave no choice: 0 lies below every probability, 1 below none. */
export function replay(recorded: RecordedActions): Sampling {
  return { draws: (step) => recorded[step].map(({ actions }) => actions.map((action) => 1 - action)) };
}

/** A draw this close to its probability may fall on either side of it. */
const drawMargin = 1e-4;

/** Whether two backends' own draws give the same actions. */
export interface DrawAgreement {
  compared: number;
  different: number;
  /** Left out: the probability lies within 1e-4 of the number drawn. */
  close: number;
}

/** Compares the actions that `found` would have drawn by itself with those of `reference`; steps of both. */
export function drawAgreement(found: RecordedActions, reference: RecordedActions): DrawAgreement {
  const agreement = { compared: 0, different: 0, close: 0 };
  found.forEach((layers, step) =>
    layers.forEach(({ ownActions }, layer) => {
      const theirs = reference[step][layer];
      ownActions.forEach((action, row) => {
        if (Math.abs(theirs.executeProbs[row] - theirs.ownDraws[row]) < drawMargin) agreement.close++;
        else agreement.compared++, agreement.different += action === theirs.ownActions[row] ? 0 : 1;
      });
    })
  );
  return agreement;
}
