/** Code shown in a notebook as it stands in lib: what a reader sees beside an equation is what ran. */
import { InputError } from "../errors.ts";

const lib = new URL("../", import.meta.url);

/**
 * The named functions of a file of lib (`"methods/dpbert/objective.ts"`) with their docstrings, as a Markdown code block.
 * Throws `InputError` if the file cannot be read or declares no such function at its top level.
 */
export async function sourceOf(file: string, ...names: string[]): Promise<string> {
  const text = await Deno.readTextFile(new URL(file, lib)).catch(() => {
    throw new InputError(`lib/${file} cannot be read; expected a file of lib.`);
  });
  const parts = names.map((name) => declaration(text.replaceAll("\r\n", "\n"), name, file));
  return `\`lib/${file}\`\n\n\`\`\`ts\n${parts.join("\n\n")}\n\`\`\`\n`;
}

/** Relies on `deno fmt`: a declaration begins in the first column and ends before an empty line that another one follows. */
function declaration(text: string, name: string, file: string): string {
  const lines = text.trimEnd().split("\n");
  const first = lines.findIndex((line) =>
    new RegExp(`^(export )?(async )?(function|const|type|interface) ${name}\\b`).test(line)
  );
  if (first < 0) throw new InputError(`lib/${file} declares no "${name}" at its top level.`);
  const next = lines.findIndex((line, at) => at > first && line === "" && /^\S/.test(lines[at + 1]));
  return lines.slice(docstringStart(lines, first), next < 0 ? lines.length : next).join("\n");
}

/** First line of the comment that ends right above line `first`, else `first`. */
function docstringStart(lines: string[], first: number): number {
  if (!lines[first - 1]?.trimEnd().endsWith("*/")) return first;
  return lines.findLastIndex((line, at) => at < first && line.startsWith("/**"));
}
