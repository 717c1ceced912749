/** What a user may expect of every error, checked. */
import type { Fault, Outcome } from "./fault.ts";

/** The lines from the last that begins with "error: " on, without that; null if nothing is said so. */
export function messageOf(said: string): string | null {
  const lines = said.trimEnd().split("\n");
  const at = lines.findLastIndex((line) => line.startsWith("error: "));
  return at < 0 ? null : lines.slice(at).join("\n").slice("error: ".length);
}

/** Sentences in a message; what is quoted, a path or in brackets is part of the sentence around it. */
export function sentences(message: string): number {
  const plain = message
    .replace(/"[^"]*"|`[^`]*`/g, "x")
    .replace(/\([^()]*\)/g, "x")
    .replace(/\S*[/\\]\S*?(?=[.,:;]?(\s|$))/g, "x")
    .replace(/\.{2,}|\be\.g\./g, "x");
  return plain.split(/[.!?](?=\s|$)/).filter((part) => part.trim() !== "").length;
}

/** What the next start goes on from: whole, and never under the name of a result. */
const resumeState = /[/\\]checkpoints[/\\].*[/\\](begun-by|evaluation|stage\d)-[^/\\]*\.(json|safetensors)$/;

const stack = /^\s+at \S.*:\d+:\d+\)?$|^error: Uncaught|\(in promise\)/m;

/** Why `outcome` is not what a user may expect of `fault`; none if it is. */
export function complaints(
  fault: Pick<Fault, "expects" | "leaves">,
  { code, said, left }: Outcome,
): string[] {
  if (code === null) return ["it did not end"];
  const message = messageOf(said) ?? "";
  const missing = fault.expects.filter((pattern) => !pattern.test(message));
  const unwanted = left.filter((file) => !resumeState.test(file) && !fault.leaves?.test(file));
  const count = sentences(message);
  return [
    ...code !== 1 ? [`its exit code is ${code}`] : [],
    ...message === "" ? ["it says no error"] : [],
    ...message.includes("\n") ? ["its message has several lines"] : [],
    ...count > 2 ? [`its message has ${count} sentences`] : [],
    ...missing.map((pattern) => `its message does not say ${pattern}`),
    ...stack.test(said) ? ["it shows a stack trace"] : [],
    ...unwanted.map((file) => `it leaves ${file}`),
  ];
}
