/** Which BERT the lessons train: named in their outputs, so that outputs of another one are found out. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type BertConfig, parameterCount, readBertConfig } from "../../bert/mod.ts";
import { sha256OfFile } from "../../files/sha256.ts";
import { taskById } from "../../glue/mod.ts";
import { type Lesson, lessonTask } from "./lesson.ts";
import { numOutputs } from "../sources/sources.ts";

/** A BERT by its name and its sums. */
export interface LessonModel {
  name: string;
  config: BertConfig;
  /** With the classifier of the lessons' task. */
  parameters: number;
  /** Of its weights. */
  sha256: string;
}

function described(name: string, config: BertConfig, sha256: string, outputs: number): LessonModel {
  const { embeddings, rest } = parameterCount(config, outputs);
  return { name, config, parameters: embeddings + rest, sha256 };
}

/** The BERT that a lesson starts from. */
export function lessonModel({ sources: { weights, config, task } }: Lesson): LessonModel {
  return described(weights.name, config, weights.sha256, numOutputs(task));
}

/** The one that the lessons of the project at `root` start from when nothing else is asked for; null where it is not there. */
export async function committedModel(root: string): Promise<LessonModel | null> {
  const folder = join(root, "data", "micro"), weights = join(folder, "model.safetensors");
  if (!existsSync(weights)) return null;
  const outputs = numOutputs(taskById(lessonTask));
  return described("micro-BERT", await readBertConfig(folder), await sha256OfFile(weights), outputs);
}
