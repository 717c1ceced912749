/** Tables of the lesson notebooks: what one example, one gate or one sampled path looks like in numbers. */
import { InputError } from "../../errors.ts";
import { executedLayers } from "../difficulty/levels.ts";
import { noValue, showDecimals, showPercent, showRange, taskLabel } from "../style.ts";
import type { Table } from "../value.ts";

/** Every lesson caption ends with it. */
export const lessonNote = "A lesson, one seed and few steps: shows how it works, not a result.";

/** The BERT that a lesson trains; its sum tells which. */
export function lessonModelTable(
  { name, config, parameters, sha256 }: {
    name: string;
    config: { numLayers: number; hiddenSize: number; numHeads: number; vocabSize: number };
    parameters: number;
    sha256: string;
  },
): Table {
  const columns = ["Backbone", "Layers", "Width", "Heads", "Vocabulary", "Parameters", "Weights (sha256)"];
  const { numLayers, hiddenSize, numHeads, vocabSize } = config;
  return {
    name: "lesson-model",
    caption: "What the lessons start from.",
    columns,
    rows: [[
      name,
      ...[numLayers, hiddenSize, numHeads, vocabSize, parameters].map(String),
      `${sha256.slice(0, 12)}…`,
    ]],
  };
}

/** The followed example in words, and its task: one sentence or two. */
export function exampleText(
  task: string,
  { a, b, labelText }: { a: string; b: string | null; labelText: string | null },
): string {
  const sentences = b === null ? [`Sentence: *${a}*`] : [`Sentence 1: *${a}*`, `Sentence 2: *${b}*`];
  return [`Task: ${taskLabel(task)}`, ...sentences, `Label: ${labelText ?? noValue}`].join("\n\n");
}

/** Tokens in a row of `tokenTable`. */
const tokensInRow = 10;

/**
 * The tokens of one input beside their ids: `[CLS] a [SEP] b [SEP]`, ten to a row and each row in one segment. `tokens` is
 * the vocabulary.
 */
export function tokenTable(
  { tokenIds, segmentIds }: { tokenIds: readonly number[]; segmentIds: readonly number[] },
  tokens: readonly string[],
): Table {
  const segments = [...Map.groupBy(tokenIds.keys(), (at) => segmentIds[at])];
  return {
    name: "tokens",
    caption: "The input as the embedding layer gets it. Segment 0 is the first sentence, 1 the second.",
    columns: ["Positions", "Tokens", "Token ids", "Segment id"],
    rows: segments.flatMap(([segment, positions]) =>
      inRows(positions).map((row) => [
        showRange([row[0], row.at(-1)!], 0),
        row.map((at) => tokens[tokenIds[at]]).join(" "),
        row.map((at) => tokenIds[at]).join(" "),
        `${segment}`,
      ])
    ),
    align: ["right", "left", "left", "right"],
  };
}

function inRows(positions: readonly number[]): number[][] {
  const rows = Math.ceil(positions.length / tokensInRow);
  return Array.from(
    { length: rows },
    (_, row) => positions.slice(row * tokensInRow, (row + 1) * tokensInRow),
  );
}

/** The CLS state on its way: layer 0 is the embedding. */
export function layerStateTable(
  states: readonly { layer: number; norm: number; change: number | null }[],
): Table {
  return {
    name: "layer-states",
    caption: `The state of [CLS] after every layer (0: the embedding). ${lessonNote}`,
    columns: ["Layer", "Norm of h_CLS", "Change by this layer"],
    rows: states.map(({ layer, norm, change }) => [
      `${layer}`,
      showDecimals(norm, 3),
      change === null ? noValue : showDecimals(change, 3),
    ]),
  };
}

/** Execute probabilities of one example: what the plan network of each layer says and what Eq. 5 makes of it. */
export function planTable(executeProbs: readonly number[]): Table {
  return {
    name: "plan",
    caption:
      `Execute probability of every layer for the example (Eq. 4) and its action (Eq. 5). ${lessonNote}`,
    columns: ["Layer", "s", "a"],
    rows: executeProbs.map((s, at) => [`${at + 1}`, showDecimals(s, 4), s > 0.5 ? "1" : "0"]),
  };
}

/** How far the gates tell inputs apart. */
export function gateSpreadTable(
  spreads: readonly {
    layer: number;
    mean: number;
    deviation: number;
    smallest: number;
    largest: number;
    inputDeviation: number;
  }[],
): Table {
  return {
    name: "gate-spread",
    caption:
      "Execute probabilities over the dev inputs, and how much the state each gate sees differs between them " +
      `(standard deviations over inputs; of h_CLS, the root mean square over its numbers). ${lessonNote}`,
    columns: ["Layer", "Mean s", "Smallest s", "Largest s", "Std of s", "Std of h_CLS before it"],
    rows: spreads.map(({ layer, mean, smallest, largest, deviation, inputDeviation }) => [
      `${layer}`,
      ...[mean, smallest, largest, deviation, inputDeviation].map((value) => showDecimals(value, 4)),
    ]),
  };
}

/** A sampled path layer by layer (Eq. 7-9), and how its first reward comes about. */
export function sampledPathTable(
  { layers, taskLoss }: {
    layers: readonly {
      layer: number;
      executeProb: number;
      draw: number;
      action: number;
      logProb: number;
      reward: number;
    }[];
    taskLoss: number;
  },
  { beta }: { beta: number },
): Table {
  const skipped = layers.filter(({ action }) => action === 0).length, loss = showDecimals(taskLoss, 4);
  return {
    name: "sampled-path",
    caption: "One sampled path of the example: a layer runs where the draw is below s. " +
      `β = ${beta}, task loss of this path ${loss}; R¹ = ${skipped}/${layers.length} − ${beta} · ${loss} = ${
        showDecimals(layers[0].reward, 2)
      }. ${lessonNote}`,
    columns: ["Layer", "s", "Draw", "a", "log π(a)", "R"],
    rows: layers.map(({ layer, executeProb, draw, action, logProb, reward }) => [
      `${layer}`,
      showDecimals(executeProb, 4),
      showDecimals(draw, 4),
      `${action}`,
      showDecimals(logProb, 4),
      showDecimals(reward, 4),
    ]),
  };
}

/** Every term of Eq. 12 for one sampled path: value, weight, and what it adds to J. */
export function objectiveTable(
  path: {
    taskLoss: number;
    totalReward: number;
    policyTerm: number;
    meanExecuteProb: number;
    ratePenalty: number;
  },
  { lambda1, lambda2, targetRate }: { lambda1: number; lambda2: number; targetRate: number },
): Table {
  const terms = [
    { term: "task loss", value: path.taskLoss, weight: 1 },
    { term: "sum of rewards", value: path.totalReward, weight: -lambda1 },
    { term: "rate penalty ξ", value: path.ratePenalty, weight: lambda2 },
  ];
  const number = (value: number) => showDecimals(value, 4);
  const total = terms.reduce((sum, { value, weight }) => sum + value * weight, 0);
  return {
    name: "objective",
    caption:
      "J of Eq. 12 for this one path. Its second term has no gradient of its own: in the step, Σ R log π " +
      `(here ${number(path.policyTerm)}) stands in for it (R10). ξ = (μ − t)² with μ = ${
        number(path.meanExecuteProb)
      }, t = ${targetRate}. ${lessonNote}`,
    columns: ["Term", "Value", "Weight", "In J"],
    rows: [
      ...terms.map(({ term, value, weight }) => [
        term,
        number(value),
        showDecimals(weight, 1),
        number(value * weight),
      ]),
      ["J", "", "", number(total)],
    ],
  };
}

/** Paths that `pathsTable` shows one by one. */
const shownPaths = 8;

/** Under one in a hundred is not nothing. */
const showShare = (share: number) => share < 0.01 ? "< 1 %" : showPercent(share);

/** The distinct paths of a set of inputs, the commonest first. */
export function pathsTable(paths: readonly string[]): Table {
  const groups = [...Map.groupBy(paths, (path) => path)]
    .sort(([a, all], [b, others]) => others.length - all.length || (a < b ? -1 : 1));
  const row = (name: string, layers: string, inputs: number) => [
    ...[name, layers, `${inputs}`],
    showShare(inputs / paths.length),
  ];
  const shown = groups.slice(0, shownPaths), others = groups.slice(shownPaths);
  const otherInputs = others.reduce((sum, [, all]) => sum + all.length, 0);
  return {
    name: "paths",
    caption: `${paths.length} dev inputs, distinct paths: ${groups.length}. 1: the layer is executed; ` +
      `first layer first. ${lessonNote}`,
    columns: ["Path", "Layers executed", "Inputs", "Share"],
    rows: [
      ...shown.map(([path, all]) => row(path, `${executedLayers({ path })} of ${path.length}`, all.length)),
      ...others.length > 0 ? [row(`${others.length} more`, noValue, otherInputs)] : [],
    ],
  };
}

/** A claim of a lesson and whether it holds on this machine. */
export interface Check {
  claim: string;
  found: string;
  holds: boolean;
}

/** The lesson's checks as a table. Throws `InputError` naming the first that does not hold: a lesson may fail. */
export function checkedTable(checks: readonly Check[]): Table {
  const broken = checks.find(({ holds }) => !holds);
  if (broken) throw new InputError(`This does not hold here: ${broken.claim} (found ${broken.found}).`);
  return {
    name: "checks",
    caption: "Checked in this run; a check that fails stops the notebook.",
    columns: ["What must hold", "Found"],
    rows: checks.map(({ claim, found }) => [claim, found]),
    align: ["left", "left"],
  };
}
