/** `bert`: the backbone, every layer executed (Devlin et al. 2019). The full model of every comparison. */
import { everyLayer } from "../bert/mod.ts";
import type { Forward } from "../tensor/mod.ts";
import { type Backbone, backboneFinish, type Method } from "./method.ts";

/** Runs every layer. */
export function bert<X>(backbone: Backbone<Forward<X>>): Method<X> {
  return () => ({ gate: everyLayer, finish: backboneFinish(backbone), read: [] });
}
