/**
 * The same layers for every input: the first k of a backbone (Sajjad et al. 2023, "top-layer dropping"), or any static
 * subset, the control that says whether a planner's path must depend on the input.
 */
import type { Gate } from "../bert/mod.ts";
import type { Forward } from "../tensor/mod.ts";
import { type Backbone, backboneFinish, type Method } from "./method.ts";

/** Runs the layers that `path` (0/1 per layer, first layer first) executes and passes the others by. */
export const fixedGate = <X>(path: string): Gate<X> => (layer, hidden, run) =>
  path[layer] === "1" ? run(hidden) : hidden;

/** The backbone on one path for all inputs. */
export function fixedPath<X>(backbone: Backbone<Forward<X>>, path: string): Method<X> {
  return ({ size }) => ({
    gate: fixedGate(path),
    finish: backboneFinish(backbone),
    read: [],
    conclude: (logits) => ({ logits, paths: Array(size).fill(path) }),
  });
}

/** The path of the first `count` of `numLayers` layers: `firstLayersPath(2, 4)` is `"1100"`. */
export const firstLayersPath = (count: number, numLayers: number): string =>
  "1".repeat(count).padEnd(numLayers, "0");
