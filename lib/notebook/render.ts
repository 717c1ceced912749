/** Figures as pictures: plotly specification -> SVG and PNG, without a browser, in a child process. */
import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.ts";
import type { Figure } from "../report/value.ts";
import type { MimeBundle } from "./document.ts";

/** One figure for the child process. */
export type DrawRequest = Pick<Figure, "spec" | "width" | "height">;

/** Its answer. */
export interface Drawing {
  svg: string;
  pngBase64: string;
}

export interface Picture {
  svg: string;
  /** Two pixels per CSS pixel. */
  png: Uint8Array;
}

/** Pictures of this process by specification: showing and saving a figure draws it once. */
const drawn = new Map<string, Promise<Drawing>>();

/** The figure as SVG and PNG; the same bytes for the same figure. Throws `InputError` if plotly cannot draw it. */
export async function renderFigure(figure: Figure): Promise<Picture> {
  return (await renderFigures([figure]))[0];
}

/** As `renderFigure` for several figures: one child process, about two seconds less for each. */
export async function renderFigures(figures: Figure[]): Promise<Picture[]> {
  const requests = figures.map(({ spec, width, height }) => ({ spec, width, height }));
  const keys = requests.map((request) => JSON.stringify(request));
  const wanted = keys.map((_, at) => at).filter((at) => !drawn.has(keys[at]));
  if (wanted.length > 0) {
    const drawings = draw(wanted.map((at) => requests[at]), figures.map((figure) => figure.name));
    drawings.catch(() => wanted.forEach((at) => drawn.delete(keys[at])));
    wanted.forEach((at, position) => drawn.set(keys[at], drawings.then((all) => all[position])));
  }
  const drawings = await Promise.all(keys.map((key) => drawn.get(key)!));
  return drawings.map(({ svg, pngBase64 }) => ({ svg, png: Buffer.from(pngBase64, "base64") }));
}

async function draw(requests: DrawRequest[], names: string[]): Promise<Drawing[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", fileURLToPath(new URL("render_child.ts", import.meta.url))],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // the child may fail before it reads everything; its stderr then says why
  const writing = new Response(JSON.stringify(requests)).body!.pipeTo(child.stdin).catch(() => {});
  const [{ success, stdout, stderr }] = await Promise.all([child.output(), writing]);
  if (success) return JSON.parse(new TextDecoder().decode(stdout));
  const reason = new TextDecoder().decode(stderr).split("\n").find((line) => /error/i.test(line));
  throw new InputError(`Could not draw ${names.join(", ")}: ${reason ?? "the drawing process failed"}`);
}

/** The forms of a figure in a notebook: interactive where plotly's type is known, else a picture, else the caption. */
export async function figureBundle(figure: Figure): Promise<MimeBundle> {
  const { png } = await renderFigure(figure);
  const layout = { ...figure.spec.layout, width: figure.width, height: figure.height };
  return {
    "application/vnd.plotly.v1+json": { data: figure.spec.data, layout, config: { responsive: true } },
    "image/png": Buffer.from(png).toString("base64"),
    "text/plain": figure.caption,
  };
}
