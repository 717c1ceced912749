/** What a lesson shows of gates that were trained to decide beside gates that were not. */
import { lessonNote } from "./tables.ts";
import {
  axisStyle,
  baseLayout,
  figureWidth,
  methodStyle,
  paperColour,
  showDifference,
  showLayers,
  showScore,
} from "../style.ts";
import type { Figure, Table } from "../value.ts";

/** A model's dev scores under three kinds of gates. */
export interface GatesRow {
  /** Its id: `dpbert`, `dpbert-soft`. */
  method: string;
  soft: { score: number };
  thresholded: { score: number; layers: number };
  sampled: { score: number; layers: number };
}

/** A row per model; `gap` is what soft gates lose when they must decide. `start` says where stage 1 came from. */
export function gatesTable(
  models: readonly GatesRow[],
  { numLayers, targetRate, start }: { numLayers: number; targetRate: number; start: string },
): Table {
  return {
    name: "lesson-gates",
    caption:
      `Two third stages from the same ${start}, target rate ${targetRate}: dev scores × 100 of each model under ` +
      `soft gates, thresholded (Eq. 5) and sampled (Eq. 8). Gap: soft less thresholded. ${lessonNote}`,
    columns: ["Trained as", "Soft", "Thresholded", "Gap", "Layers", "Sampled", "Layers when sampled"],
    rows: models.map(({ method, soft, thresholded, sampled }) => [
      methodStyle(method).label,
      showScore(soft.score),
      showScore(thresholded.score),
      showDifference(soft.score - thresholded.score),
      showLayers(thresholded.layers, numLayers),
      showScore(sampled.score),
      showLayers(sampled.layers, numLayers),
    ]),
  };
}

/** Execute probabilities of one layer over inputs. */
interface Spread {
  /** From 1. */
  layer: number;
  mean: number;
  smallest: number;
  largest: number;
}

const height = 330;

/** Execute probabilities layer by layer, beside the threshold: who has made up its mind? */
export function gatesFigure(models: readonly { method: string; spreads: readonly Spread[] }[]): Figure {
  const layers = Math.max(...models.map(({ spreads }) => spreads.length));
  const threshold = {
    type: "scatter",
    mode: "lines",
    name: "threshold (Eq. 5)",
    x: [0.5, layers + 0.5],
    y: [0.5, 0.5],
    line: { color: paperColour, dash: "dot", width: 2 },
  };
  return {
    name: "lesson-gates",
    caption:
      "Where the gates stand. Execute probability of every layer at inference: mean over the dev inputs, from the " +
      `smallest to the largest. ${lessonNote}`,
    spec: {
      data: [
        threshold,
        ...models.map((model, at) => gateTrace(model, (at - (models.length - 1) / 2) * 0.25)),
      ],
      layout: {
        ...baseLayout(height),
        xaxis: { ...axisStyle, title: { text: "Layer" }, dtick: 1, range: [0.4, layers + 0.6] },
        yaxis: { ...axisStyle, title: { text: "Execute probability s" }, range: [-0.03, 1.03] },
      },
    },
    width: figureWidth,
    height,
  };
}

function gateTrace({ method, spreads }: { method: string; spreads: readonly Spread[] }, shift: number) {
  const { label, colour, symbol } = methodStyle(method);
  return {
    type: "scatter",
    mode: "markers",
    name: label,
    x: spreads.map(({ layer }) => layer + shift),
    y: spreads.map(({ mean }) => mean),
    error_y: {
      type: "data",
      symmetric: false,
      array: spreads.map(({ mean, largest }) => largest - mean),
      arrayminus: spreads.map(({ mean, smallest }) => mean - smallest),
      color: colour,
      thickness: 1.5,
      width: 4,
    },
    marker: { color: colour, symbol, size: 10 },
  };
}
