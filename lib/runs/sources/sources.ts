/** What a profile gives a run, whatever the profile. */
import type { BertConfig, BertParams } from "../../bert/mod.ts";
import type { Split, SplitName, Task } from "../../glue/mod.ts";
import type { WordPiece } from "../../text/mod.ts";

/** Where a profile's rows and weights come from. */
export interface Sources {
  task: Task;
  wordPiece: WordPiece;
  /** Text of the vocabulary, for saved models. */
  vocabText: string;
  config: BertConfig;
  weights: { name: string; sha256: string };
  /** A fresh backbone before stage 1; `seed` draws what the weights lack. */
  freshBackbone(seed: number): Promise<BertParams>;
  split(name: SplitName): Promise<Split>;
  /** Labels of a split whose file has none, as GLUE writes them; absent where only a leaderboard has them. */
  answers?(name: SplitName): string[];
}

/** Outputs of a task's classifier. */
export const numOutputs = (task: Task) => task.kind === "regression" ? 1 : task.labels.length;
