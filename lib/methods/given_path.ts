/**
 * A path given from outside, the same kind of skipping as a planner's: for controls (every input another input's
 * path, the commonest path for all) and for latency at k layers.
 */
import { executeWhere } from "../bert/mod.ts";
import type { Forward } from "../tensor/mod.ts";
import { type Backbone, backboneFinish, type Method } from "./method.ts";

/** Executes, for each row of the batch, the layers its 0/1 string names. `pathOf` is asked once per pass. */
export function givenPaths<X>(backbone: Backbone<Forward<X>>, pathOf: () => string[]): Method<X> {
  return () => {
    const paths = pathOf(), actions: X[] = [];
    return {
      read: actions,
      finish: backboneFinish(backbone),
      gate: (layer, hidden, run) => {
        const action = backbone.ops.floats(
          Float32Array.from(paths, (path) => Number(path[layer])),
          [paths.length],
        );
        actions.push(action);
        return executeWhere(backbone.ops, hidden, action, run);
      },
    };
  };
}
