/** Relative links of Markdown that moves from one folder to another. */
import { join, relative } from "node:path";
import type { Places } from "../value.ts";

/** The way from one folder to another as a link: relative, with slashes. */
export function linkTo(from: string, to: string): string {
  return relative(from, to).replaceAll("\\", "/") || ".";
}

/** Where a table's leads start, seen from the folder `at`; `profile` and `project` are the folders themselves. */
export function placesFrom(at: string, { profile, project }: Places): Places {
  return { profile: linkTo(at, profile), project: linkTo(at, project) };
}

/**
 * Markdown written for a page in folder `from`, for a page in folder `to` (both absolute, or both below the same folder):
 * its relative links lead to the same files. Code, addresses with a scheme, `/...` and `#...` stay.
 */
export function rebasedLinks(markdown: string, from: string, to: string): string {
  const parts = markdown.split(/(```[\s\S]*?```|`[^`\n]*`)/); // every second one is code
  return parts.map((part, at) => at % 2 === 1 ? part : rebasedProse(part, from, to)).join("");
}

function rebasedProse(prose: string, from: string, to: string): string {
  return prose.replace(/\]\((?![a-z][\w+.-]*:|[/#])([^)\s#]+)/gi, (_, target: string) => {
    const slash = target.endsWith("/") ? "/" : "";
    return `](${linkTo(to, join(from, target))}${slash}`;
  });
}

/** Markdown with its links as their texts alone. */
export function withoutLinks(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
}
