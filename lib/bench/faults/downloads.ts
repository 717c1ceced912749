/** Servers that do not give what is expected, met by `setup --glue cola`, which is told that they are its mirror. */
import { serve, serveAndCut, someBytes, withServer } from "../../files/local_server.ts";
import { glueSources } from "../../glue/sources.ts";
import type { Fault } from "./fault.ts";
import { ownProject } from "../own_project.ts";

type Answer = (request: Request) => Response;

/** A server that answers until it is closed; `base` is its address. */
async function openServer(answer: Answer): Promise<{ base: string; close(): Promise<void> }> {
  const open = Promise.withResolvers<string>(), over = Promise.withResolvers<void>();
  const closed = withServer(answer, ({ base }) => {
    open.resolve(base);
    return over.promise;
  });
  const close = () => {
    over.resolve();
    return closed;
  };
  return { base: await open.promise, close };
}

function answered(name: string, answer: Answer, ...expects: RegExp[]): Fault {
  return {
    group: "download",
    name,
    processOnly: "needs a project without caches",
    async make({ folder }) {
      const { entry } = await ownProject(folder), { base, close } = await openServer(answer);
      return {
        argv: ["setup", "--glue", "cola"],
        env: { DPB_MIRROR: base },
        process: { entry },
        over: close,
      };
    },
    expects: [/127\.0\.0\.1:\d+\/glue\/data\/CoLA\.zip/, ...expects],
    // What came of an archive; the next call goes on from there.
    leaves: /[/\\]glue[/\\]\.CoLA\.downloads[/\\]\.CoLA\.zip\.part$/,
  };
}

const status = (code: number, headers: Record<string, string> = {}): Answer => () =>
  new Response("no", { status: code, headers });

/** As many bytes as the archive has, and others. */
const wrong = someBytes(glueSources.cola.files[0].size);

/** `bytes` without their number in the header. */
const untold = (bytes: Uint8Array<ArrayBuffer>) =>
  new Response(
    new ReadableStream({
      start(stream) {
        stream.enqueue(bytes);
        stream.close();
      },
    }),
  );

/** The faults of this group. */
export const downloadFaults: Fault[] = [
  answered("an archive that is not there", status(404), /it answers 404/),
  answered("a server that fails each time", status(500), /it answers 500/),
  answered(
    "a server that asks for an hour's rest",
    status(503, { "retry-after": "3600" }),
    /it answers 503 and asks to come back in 3600 s/,
  ),
  answered("a redirect to nowhere", (request) => {
    const gone = new URL("/gone", request.url);
    return gone.pathname === new URL(request.url).pathname ? status(404)(request) : Response.redirect(gone);
  }, /it answers 404/),
  answered("a redirect in a circle", ({ url }) => Response.redirect(url), /redirect/),
  answered("a log-in page in the archive's place", () => new Response("Log in."), /it has 7 bytes there/),
  answered("as many bytes as expected, and others", (request) => serve(request, wrong), /sha256/),
  answered(
    "more bytes than expected",
    () => untold(someBytes(wrong.length + 1)),
    /it gives more than \d+ bytes/,
  ),
  answered("fewer bytes than expected", () => untold(someBytes(1000)), /it ended after 1000 of \d+ bytes/),
  answered(
    "a connection that breaks each time",
    (request) => serveAndCut(request, wrong, 2000),
    /cannot be fetched .*2 kB of .* kept/,
  ),
];
