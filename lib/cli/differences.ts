/** How a committed file differs from what the records give, in one line. */

/** The command that writes every table, figure and page again without training anything. */
export const refreshCommand = "deno task report";

/** Nothing if the texts are equal, else one problem: the first place that differs, in both. */
export function differences(path: string, found: string, expected: string): string[] {
  if (found === expected) return [];
  const [ours, theirs] = [found.split("\n"), expected.split("\n")];
  const line = theirs.findIndex((text, at) => text !== ours[at]);
  const at = line < 0 ? theirs.length : line;
  const [shown, given] = excerpts(ours[at] ?? "", theirs[at] ?? "");
  return [
    `${path}, line ${at + 1}: shows "${shown}", the records give "${given}"; run \`${refreshCommand}\`.`,
  ];
}

const longest = 60;

/** What differs in two lines, with the words and cells it stands in. */
function excerpts(one: string, other: string): [string, string] {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  const limit = (letter: string) => /[\s|"<>,]/.test(letter);
  const first = start;
  while (start > 0 && first - start < longest && !limit(one[start - 1])) start--;
  const last = end;
  while (end > 0 && last - end < longest && !limit(one.at(-end)!)) end--;
  const cut = (text: string) => {
    const part = text.slice(start, text.length - end).trim();
    return part.length > 3 * longest ? `${part.slice(0, 3 * longest)}...` : part;
  };
  return [cut(one), cut(other)];
}
