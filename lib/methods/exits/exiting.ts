/**
 * The gate and finish of every early exit: layers run until the rule stops, later ones are not computed. Inputs of a
 * batch stop one by one; those that have stopped are left out of what still runs.
 */
import { classify, clsState, executeWhere } from "../../bert/mod.ts";
import type { EncodedExample } from "../../glue/mod.ts";
import type { Forward } from "../../tensor/mod.ts";
import type { Interruption, LabelKind } from "../../train/mod.ts";
import { firstLayersPath } from "../fixed_path.ts";
import type { Backbone, Method } from "../method.ts";
import { predictAll } from "../training_set.ts";
import { type OffRamps, rampLogits } from "./off_ramps.ts";
import type { ExitRule } from "./rules.ts";

/** One input on its way. */
interface Passenger {
  stops: ReturnType<ExitRule>;
  /** Layers it ran when it stopped, and what that exit said; null while it runs. */
  exit: { layers: number; logits: Float32Array } | null;
}

const rowOf = (values: Float32Array, row: number, size: number) => {
  const width = values.length / size;
  return values.slice(row * width, (row + 1) * width);
};

/**
 * `backbone` with `ramps`, left as `rule` says. Where values cannot be read between layers (`webgpu`) every layer runs,
 * and the rule is asked afterwards: the same predictions and paths.
 */
export function exiting<X>(backbone: Backbone<Forward<X>>, ramps: OffRamps, rule: ExitRule): Method<X> {
  const { ops, params, config: { numLayers } } = backbone;
  return ({ size }) => {
    const inputs: Passenger[] = Array.from({ length: size }, () => ({ stops: rule(), exit: null }));
    const unread: X[] = [];
    const ask = (values: Float32Array, layer: number) =>
      inputs.forEach((input, row) => {
        if (input.exit) return;
        const logits = rowOf(values, row, size);
        if (input.stops(logits)) input.exit = { layers: layer + 1, logits };
      });
    return {
      gate: (layer, hidden, run) => {
        const running = Float32Array.from(inputs, ({ exit }) => exit ? 0 : 1);
        if (!running.includes(1)) return hidden;
        const next = running.includes(0)
          ? executeWhere(ops, hidden, ops.floats(running, [size]), run)
          : run(hidden);
        if (layer >= ramps.length) return next;
        const logits = rampLogits(ops, ramps[layer], clsState(ops, next)), values = ops.valuesNow(logits);
        if (values) ask(values, layer);
        else unread.push(logits);
        return next;
      },
      finish: (hidden) => {
        if (inputs.some(({ exit }) => !exit)) return classify(ops, params, hidden);
        const found = inputs.flatMap(({ exit }) => [...exit!.logits]);
        return ops.floats(Float32Array.from(found), [size, found.length / size]);
      },
      read: unread,
      conclude: (last, ramped) => {
        ramped.forEach(ask);
        const logits = inputs.flatMap(({ exit }, row) => [...exit?.logits ?? rowOf(last, row, size)]);
        const paths = inputs.map(({ exit }) => firstLayersPath(exit?.layers ?? numLayers, numLayers));
        return { logits: Float32Array.from(logits), paths };
      },
    };
  };
}

/** What every exit says of every example, the backbone's head last; [examples][L][C]. Throws like `predictAll`. */
export async function exitLogits(
  backbone: Backbone,
  ramps: OffRamps,
  kind: LabelKind,
  examples: EncodedExample[],
  interruption?: Interruption,
): Promise<Float32Array[][]> {
  const all: Float32Array[][] = Array(examples.length);
  const everyRamp = (rows: number[]): Method => (batch) => {
    const seen: Float32Array[][] = [];
    const pass = exiting(backbone, ramps, () => {
      const own: Float32Array[] = [];
      seen.push(own);
      return (logits) => own.push(Float32Array.from(logits)) < 0; // goes on
    })(batch);
    const conclude = (last: Float32Array, ramped: Float32Array[]) => {
      const inference = pass.conclude!(last, ramped);
      rows.forEach((row, at) => all[row] = [...seen[at], rowOf(inference.logits, at, batch.size)]);
      return inference;
    };
    return { ...pass, conclude };
  };
  // Half of it cannot be kept, so it may be stopped but begins again.
  const stoppable = interruption && { done: null, between: () => interruption.between(null) };
  await predictAll(backbone, kind, examples, everyRamp, stoppable);
  return all;
}
