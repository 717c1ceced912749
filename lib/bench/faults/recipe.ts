/** Settings that make no recipe. */
import type { Fault } from "./fault.ts";

/** A smoke training with `--set` options. */
function setting(name: string, set: string, ...expects: RegExp[]): Fault {
  return {
    group: "recipe",
    name,
    make: () => ({
      argv: ["train", "--profile", "smoke", "--task", "sst-2", "--method", "dpbert", "--set", set],
    }),
    expects,
  };
}

/** The faults of this group. */
export const recipeFaults: Fault[] = [
  setting("a negative rate", "stage1.learningRate=-0.1", /--set stage1\.learningRate=-0\.1: /),
  setting("a rate above 1", "stage3.learningRate=2", /--set stage3\.learningRate=2: /),
  setting("a target rate above 1", "targetRate=1.5", /--set targetRate=1\.5: /),
  setting("a setting that does not exist", "dropout=0.1", /dropout: there is no such setting/),
  setting(
    "a setting that two stages have",
    "learningRate=0.1",
    /learningRate: there is no such setting.*stage1\.learningRate/,
  ),
  setting("0 steps", "stage3.steps=0", /--set stage3\.steps=0: /),
  setting("half a step", "stage3.steps=2.5", /--set stage3\.steps=2\.5: /),
  setting("0 epochs", "epochs=0", /--set epochs=0: /),
  setting("an empty batch", "stage1.batchSize=0", /--set stage1\.batchSize=0: /),
  setting("NaN", "beta=NaN", /--set beta=NaN: /),
  setting("infinity", "lambda2=Infinity", /--set lambda2=Infinity: /),
  setting("a text for a number", "beta=large", /--set beta=large: /),
  setting("a number for a choice", "muPer=1", /--set muPer=1: /),
  setting("no value", "beta=", /--set beta=: /),
  setting("no equals sign", "beta", /--set beta: expected key=value/),
  setting("inputs longer than BERT's", "maxLength=513", /--set maxLength=513: /),
  setting("inputs without room for a word", "maxLength=2", /--set maxLength=2: /),
];
