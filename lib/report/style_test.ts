import assert from "node:assert/strict";
import {
  baseLayout,
  familyStyle,
  inMethodOrder,
  inTaskOrder,
  methodLabel,
  methodStyle,
  noValue,
  paperColour,
  showBound,
  showCounts,
  showDecimals,
  showDifference,
  showHalfWidth,
  showLayers,
  showMean,
  showPercent,
  showPoints,
  showRange,
  showScore,
  showSignificant,
  showSpeedup,
  taskLabel,
} from "./style.ts";

Deno.test("showScore, showHalfWidth, showSpeedup and showPercent round once", () => {
  assert.equal(showScore(84.549), "84.5");
  assert.equal(showScore(-3.21), "−3.2");
  assert.equal(showScore(83.525 - 75.975), "7.6");
  assert.equal(showHalfWidth(0.91), "± 0.9");
  assert.equal(showSpeedup(1.338), "1.34×");
  assert.equal(showPercent(0.754), "75 %");
  assert.equal(showLayers(4.96, 6), "5.0 of 6");
});

Deno.test("showDifference carries its sign and knows no minus zero", () => {
  assert.equal(showDifference(0.26), "+0.3");
  assert.equal(showDifference(-1.25), "−1.3");
  assert.equal(showDifference(-0.04), "0.0");
  assert.equal(showDifference(0.04), "0.0");
});

Deno.test("what has no number shows a dash", () => {
  for (const show of [showScore, showDifference, showHalfWidth, showSpeedup, showPercent]) {
    for (const value of [NaN, null, undefined, Infinity]) assert.equal(show(value), noValue);
  }
  assert.equal(showCounts([]), noValue);
});

Deno.test("showCounts shows one count or the range", () => {
  assert.equal(showCounts([3, 3]), "3");
  assert.equal(showCounts([5, 1, 3]), "1–5");
});

Deno.test("methods have the paper's names, DPBERT blue, DeeBERT vermillion; unknown ones keep their id", () => {
  assert.equal(methodLabel("dpbert", "t0.6"), "DPBERT (t0.6)");
  assert.equal(methodStyle("dpbert").colour, "#0072B2");
  assert.equal(methodStyle("deebert").colour, "#D55E00");
  assert.equal(methodStyle("my-method").label, "my-method");
});

const ids = ["bert", "bert-first-k", "layerdrop", "distilbert", "deebert", "pabee", "berxit", "leebert"]
  .concat(["dpbert", "dpbert-soft", "static-subset"]);

Deno.test("every method has a colour and a marker of its own, none of them the paper's grey", () => {
  for (const part of ["colour", "symbol"] as const) {
    const found = ids.map((id) => methodStyle(id)[part]);
    assert.equal(new Set([...found, paperColour]).size, ids.length + 1);
  }
  assert(ids.every((id) => !methodStyle(id).symbol.endsWith("-open"))); // open: a single seed
});

Deno.test("settings that make another system change label and marker, never the colour", () => {
  const plain = methodStyle("pabee"), found = familyStyle({ method: "pabee", setting: "exitBy=entropy" });
  assert.equal(found.colour, plain.colour);
  assert.notEqual(found.symbol, plain.symbol);
  assert.equal(familyStyle({ method: "dpbert", setting: "lambda1=0" }).label, "DPBERT (lambda1=0)");
});

Deno.test("inMethodOrder and inTaskOrder follow Table 1, the unknown last, each once", () => {
  assert.deepEqual(inMethodOrder(["zeta", "dpbert", "bert", "bert", "alpha"]), [
    "bert",
    "dpbert",
    "alpha",
    "zeta",
  ]);
  assert.deepEqual(inTaskOrder(["sts-b", "mine", "mrpc", "cola"]), ["cola", "mrpc", "sts-b", "mine"]);
});

Deno.test("taskLabel shows GLUE's spelling", () => {
  assert.equal(taskLabel("sts-b"), "STS-B");
  assert.equal(taskLabel("mine"), "mine");
});

Deno.test("baseLayout is an opaque white card, 960 wide, with dark DejaVu Sans at 15", () => {
  const layout = baseLayout(400);
  assert.equal(layout.width, 960);
  assert.equal(layout.paper_bgcolor, "#ffffff");
  assert.deepEqual(layout.font, { family: "DejaVu Sans", size: 15, color: "#1a1a1a" });
});

Deno.test("showDecimals keeps a fixed count of decimals; showBound the power of ten a number stays below", () => {
  assert.equal(showDecimals(-0.69314, 4), "−0.6931");
  assert.equal(showDecimals(null, 2), noValue);
  assert.deepEqual([0, 9e-8, 2e-5, 0.03, NaN].map(showBound), [
    "< 1e-6",
    "< 1e-6",
    "< 1e-4",
    "< 1e-1",
    noValue,
  ]);
});

Deno.test("showRange goes from smallest to largest, and is one number where they look alike", () => {
  assert.equal(showRange([16.83, 13.72, 15], 1), "13.7–16.8");
  assert.equal(showRange([5.01, 4.99], 1), "5.0");
  assert.equal(showRange([], 1), noValue);
});

Deno.test("showMean has half an interval beside it, or the seeds where that is wider than the scale", () => {
  const spread = (halfWidth: number) => ({ mean: 55.9, halfWidth, smallest: 3.2, largest: 82.8 });
  assert.equal(showMean(spread(2.04)), "55.9 ± 2.0");
  assert.equal(showMean(spread(113.3)), "55.9 (seeds 3.2 to 82.8)");
  assert.equal(showMean(spread(NaN)), "55.9");
});

Deno.test("showSignificant keeps three digits of a fast model and of a slow one", () => {
  assert.deepEqual([0.35249, 11.72, 116.4, NaN].map((value) => showSignificant(value, 3)), [
    "0.352",
    "11.7",
    "116",
    noValue,
  ]);
});

Deno.test("showPoints gives the mean, and smallest and largest where they look different", () => {
  assert.equal(showPoints([0, 2, 7.1]), "3.0 (0.0 to 7.1)");
  assert.equal(showPoints([-0.2, 0.01]), "−0.1 (−0.2 to 0.0)");
  assert.equal(showPoints([0, 0.04]), "0.0");
  assert.equal(showPoints([]), noValue);
});
