/** The two values a report is made of. `notebook/` draws figures, `markdown/table_text.ts` writes tables as text. */

/** A figure as a plotly specification (version 4: titles are objects `{ text }`). */
export interface Figure {
  /** File name without extension. */
  name: string;
  /** What is seen, number of seeds, spread and profile: a figure never stands without it. */
  caption: string;
  spec: { data: unknown[]; layout: Record<string, unknown> };
  /** CSS pixels. */
  width: number;
  height: number;
  /** What it was drawn from, below the profile's folder: `runs/mrpc/bert-s0.json`; of the reference below the project's. */
  sources?: string[];
}

/** A file that numbers come from, or where a reader goes on from them. */
export interface Lead {
  /** Below the profile's folder (`runs/mrpc/bert-s0.json`), or below the project's if `from` says so. */
  path: string;
  /** `reference`: below the project's too, and not recomputed here. */
  from?: "project" | "reference";
  /** In Markdown a link of this text in the cell of this column; without, the file is named in the JSON alone. */
  shown?: { column: string; text: string };
}

/** The same from words of a caption. */
export interface CaptionLead extends Omit<Lead, "shown"> {
  text: string;
}

/** Where the two folders that leads start from lie, as seen from the Markdown: `{ profile: "..", project: "../../.." }`. */
export interface Places {
  profile: string;
  project: string;
}

/** A table of texts: numbers are rounded before they come here. */
export interface Table {
  /** File name without extension. */
  name: string;
  caption: string;
  columns: string[];
  /** As many texts per row as columns. */
  rows: string[][];
  /** Per column; the first left and the others right by default. */
  align?: ("left" | "right")[];
  /** Where the numbers come from: those of whole columns (linked in the head), and row by row; `note` tells a reader. */
  leads?: { note: string; caption?: CaptionLead[]; head: Lead[]; rows: Lead[][] };
  /** Set by whoever knows where the Markdown will lie; without it nothing is linked. */
  places?: Places;
}
