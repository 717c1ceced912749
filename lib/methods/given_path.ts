/**
 * A path given from outside, the same kind of skipping as a planner's: for controls (every input another input's
 * path, the commonest path for all) and for latency at k layers.
 */
import { executeWhere } from "../bert/mod.ts";
import { floatTensor } from "../tensor/mod.ts";
import { type Backbone, backboneFinish, type Method } from "./method.ts";

/** Executes, for each row of the batch, the layers its 0/1 string names. `pathOf` is asked once per pass. */
export function givenPaths(backbone: Backbone, pathOf: () => string[]): Method {
  return () => {
    const paths = pathOf(), pass = { actions: [] as ReturnType<typeof floatTensor>[] };
    return {
      actions: pass.actions,
      finish: backboneFinish(backbone),
      gate: (layer, hidden, run) => {
        const action = floatTensor(paths.map((path) => Number(path[layer])), [paths.length]);
        pass.actions.push(action);
        return executeWhere(backbone.ops, hidden, action, run);
      },
    };
  };
}
