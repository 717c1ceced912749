/**
 * Servers that give the file after all. GLUE's own sums cannot be met by made-up bytes, so these are met by the function
 * behind `setup --glue`, with a small file that has sums of its own, limits that are short and pauses that take no time.
 */
import { InputError } from "../../errors.ts";
import { pinOf, serve, serveAndCut, serveAndStall, withServer } from "../../files/local_server.ts";
import { obtainGlue } from "../../glue/download.ts";
import { glueSources } from "../../glue/sources.ts";
import { taskById } from "../../glue/tasks.ts";
import { placeless } from "./measure.ts";

/** A server, and what has to come of it. */
export interface Recovery {
  name: string;
  answer(request: Request, nth: number): Response;
  /** What is asked for, in order: the path, and the range behind a space if there was one. */
  asks: string[];
  /** What is said if the file never comes; undefined: it comes. */
  refusal?: RegExp;
}

/** What came of it. */
export interface MetRecovery {
  name: string;
  /** What was said, line by line and without places, with the refusal at the end if there was one. */
  said: string[];
  asked: string[];
  recovered: boolean;
  /** What was not as it should be. */
  complaints: string[];
}

const rows = 200, path = "glue/data/AX.tsv";
const lines = Array.from({ length: rows }, (_, row) => `${row}\tIt rains.\tIt rains for day ${row}.`);
const bytes = new TextEncoder().encode(["index\tsentence1\tsentence2", ...lines, ""].join("\n"));
const { size, sha256 } = pinOf(bytes, "", path);
const half = bytes.length >> 1;

/** The diagnostic set with as many rows as here: the only task that is one file. */
const ax = taskById("ax");
const task = { ...ax, splits: { test: { ...ax.splits.test!, rows } } };
const sources = { ...glueSources, ax: { ...glueSources.ax, files: [{ path, size, sha256 }] } };

/** `first` answers the first request, a good server all others. */
const then = (first: (request: Request) => Response) => (request: Request, nth: number) =>
  nth === 0 ? first(request) : serve(request, bytes);

const whole = `/${path}`, rest = `/${path} bytes=${half}-`;

export const recoveries: readonly Recovery[] = [
  {
    name: "a redirect to another place",
    answer: then(({ url }) => Response.redirect(new URL("/elsewhere", url))),
    asks: [whole, "/elsewhere"],
  },
  {
    name: "a server that fails once",
    answer: then(() => new Response("no", { status: 500 })),
    asks: [whole, whole],
  },
  {
    name: "a server that is asked too often once",
    answer: then(() => new Response("no", { status: 429, headers: { "retry-after": "5" } })),
    asks: [whole, whole],
  },
  {
    name: "a connection that breaks in the middle",
    answer: then((request) => serveAndCut(request, bytes, half)),
    asks: [whole, rest],
  },
  {
    name: "a server that stalls in the middle",
    answer: then((request) => serveAndStall(request, bytes, half)),
    asks: [whole, rest],
  },
  {
    name: "a break, and a server that knows no ranges",
    answer: (request, nth) => nth === 0 ? serveAndCut(request, bytes, half) : new Response(bytes),
    asks: [whole, rest],
  },
  {
    name: "a break, and a rest that does not fit what came",
    answer: then((request) => serveAndCut(request, new Uint8Array(bytes.length), half)),
    asks: [whole, rest, whole],
  },
  {
    name: "a server that stalls each time",
    answer: (request) => serveAndStall(request, bytes, half),
    asks: [whole, rest, rest, rest],
    refusal: /AX\.tsv cannot be fetched \(nothing came for 0\.2 s\).*are kept\.$/,
  },
];

/** Has the function fetch the file from that server, into a folder of its own. */
export async function meetRecovery({ name, answer, asks, refusal }: Recovery): Promise<MetRecovery> {
  let met: MetRecovery | undefined;
  await withServer(answer, async ({ base, folder, asked }) => {
    const said: string[] = [];
    const watch = { note: (line: string) => void said.push(line), progress: () => {} };
    const refused = await obtainGlue([task], folder, { mirror: base, offline: false }, {
      sources,
      watch,
      stallMs: 200,
      wait: () => Promise.resolve(),
    }).then(() => null, (error) => {
      if (error instanceof InputError) return error.message;
      throw error;
    });
    if (refused !== null) said.push(refused);
    const found = await Deno.readFile(`${folder}/${task.folder}/${task.splits.test.file}`).catch(() => null);
    const complaints = [
      ...refusal && !refusal.test(refused ?? "") ? [`it does not say ${refusal}`] : [],
      ...refusal && found ? ["it leaves a file"] : [],
      ...!refusal && refused !== null ? ["it gives up"] : [],
      ...!refusal && !isFile(found) ? ["the file is not there or another one"] : [],
      ...asked.join() !== asks.join() ? [`it asks for ${asked.join(", ")}`] : [],
    ];
    // The first line is the announcement, and the places are of no use on a page.
    const lines = said.slice(1).map((line) => placeless(line, folder));
    met = { name, said: lines, asked: [...asked], recovered: refused === null, complaints };
  });
  return met!;
}

const isFile = (found: Uint8Array | null) => found !== null && pinOf(found, "", path).sha256 === sha256;
