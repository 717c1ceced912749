/**
 * Tables inside Markdown pages: a block between `<!-- results/glue/tables/table1.md -->` and `<!-- end -->` holds that
 * file's text. So a page's numbers come from records, and a check can tell when they no longer do.
 */

const block = /(<!-- (results\/[\w./-]+\.md) -->\n)([\s\S]*?)(<!-- end -->)/g;

/** The page with every block filled by `textOf(path)`; a path without text (null) keeps what it has. */
export function fillBlocks(page: string, textOf: (path: string) => string | null): string {
  return page.replace(block, (_, open: string, path: string, old: string, close: string) => {
    const text = textOf(path);
    return open + (text === null ? old : `\n${text.trim()}\n\n`) + close;
  });
}

/** Paths of the files that the page's blocks show. */
export function blockPaths(page: string): string[] {
  return [...page.matchAll(block)].map((match) => match[2]);
}
