/**
 * A running Deno kernel: starts `deno jupyter --kernel`, talks to it over ZeroMQ's protocol and always ends it. No Python,
 * no Jupyter needed. `kernel.ts` runs notebooks with it.
 */
import { dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { makeTemporaryFolder } from "../files/temporary.ts";
import { followLines } from "./lines.ts";
import { sendSignal } from "./signal.ts";
import { decodeMessage, encodeMessage, type Message } from "./wire.ts";
import { connectSocket, type Socket } from "./zmtp.ts";

/** How a cell ended. A dead kernel is no reply: it throws. */
export interface Reply {
  status: "ok" | "error";
  ename: string;
  evalue: string;
}

export interface Session {
  /**
   * Runs `code`; each output message of this request goes to `onOutput` in order of arrival. Deno reports a cell as
   * finished before its last outputs now and then; all that were sent before its end arrive here nevertheless.
   * Throws `InputError` when the kernel dies or `timeoutMs` (none by default) pass.
   */
  execute(code: string, onOutput: (message: Message) => void, timeoutMs?: number): Promise<Reply>;
  /** What the stop button does: SIGINT. */
  interrupt(): void;
  /** Asks the kernel to shut down, ends it by its process id when it does not, and removes its files. */
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Working folder of the kernel; its deno.json (there or above) is in force. */
  cwd: string;
  env?: Record<string, string>;
}

interface Connection {
  ip: string;
  transport: "tcp";
  signature_scheme: "hmac-sha256";
  key: string;
  shell_port: number;
  iopub_port: number;
  stdin_port: number;
  control_port: number;
  hb_port: number;
}

const startMs = 60_000;

/** Starts a kernel and waits until it answers on both channels. Throws `InputError` when it does not start. */
export async function startSession(options: SessionOptions): Promise<Session> {
  const folder = await makeTemporaryFolder("dpbert-kernel-");
  const connection = freeConnection();
  const file = join(folder, "connection.json");
  let child: Deno.ChildProcess;
  try {
    await Deno.writeTextFile(file, JSON.stringify(connection), { mode: 0o600 });
    child = spawnKernel(file, options);
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw new InputError(`Cannot start the notebook kernel in ${options.cwd}: ${(error as Error).message}.`);
  }
  let said = ""; // the last thing, which may be why it died
  const lines = followLines(child.stderr, (line) => {
    if (!line.includes("deno jupyter")) said = line.trim(); // "is unstable"
  });
  let link: Link | undefined;
  let closing = false;
  const close = async () => {
    closing = true;
    await link?.send("control", "shutdown_request", { restart: false }).catch(() => {});
    await endChild(child, link ? 1000 : 0);
    link?.close();
    await lines.stop();
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  };
  const died = child.status.then(async (status): Promise<never> => {
    await sleep(40); // its last line may still be on the way
    throw new InputError(
      `The notebook kernel died (${status.signal ?? `exit code ${status.code}`})${said ? `: ${said}` : ""}.`,
    );
  });
  died.catch(() => {}); // it always ends in the end
  try {
    const ready = await Promise.race([connect(connection, () => closing), died]);
    link = ready;
    await Promise.race([prepare(ready), died]);
    return {
      execute: (code, onOutput, timeoutMs) => Promise.race([execute(ready, code, onOutput, timeoutMs), died]),
      interrupt: () => sendSignal(child, "SIGINT"),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Five free ports of this machine; held together so that they differ. */
function freeConnection(): Connection {
  const listeners = Array.from({ length: 5 }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map((listener) => (listener.addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports;
  return {
    ip: "127.0.0.1",
    transport: "tcp",
    signature_scheme: "hmac-sha256",
    key: crypto.randomUUID(),
    shell_port,
    iopub_port,
    stdin_port,
    control_port,
    hb_port,
  };
}

function spawnKernel(file: string, options: SessionOptions): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["jupyter", "--kernel", "--conn", file],
    cwd: options.cwd,
    env: kernelEnv(dirname(file), options.env),
    stdin: "null",
    stdout: "null", // a cell's own writes would otherwise mix with what the caller prints
    stderr: "piped",
  }).spawn();
}

function kernelEnv(folder: string, env: Record<string, string> = {}): Record<string, string> {
  const fixed: Record<string, string> = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  // graphics drivers complain on stderr without it
  if (!Deno.env.get("XDG_RUNTIME_DIR")) fixed.XDG_RUNTIME_DIR = folder;
  return { ...fixed, ...env };
}

type Listener = (channel: "shell" | "iopub", message: Message) => void;

interface Link {
  /** Sends a request under the message id `id`. */
  send(
    channel: "shell" | "control",
    type: string,
    content: Record<string, unknown>,
    id?: string,
  ): Promise<void>;
  /** Calls `listener` with every message until the returned function is called. */
  listen(listener: Listener): () => void;
  close(): void;
}

/** Connects the three channels that are needed; waits while the kernel does not listen yet, until `stopped`. */
async function connect(connection: Connection, stopped: () => boolean): Promise<Link> {
  const { control, shell, iopub } = await connectAll(connection, stopped);
  const session = crypto.randomUUID();
  const listeners = new Set<Listener>();
  const follow = async (channel: "shell" | "iopub", socket: Socket) => {
    for (let frames; (frames = await socket.receive());) {
      const message = decodeMessage(connection.key, frames);
      for (const listener of listeners) listener(channel, message);
    }
  };
  for (const loop of [follow("shell", shell), follow("iopub", iopub)]) {
    loop.catch((error) => console.error(String(error)));
  }
  return {
    send(channel, type, content, id = crypto.randomUUID()) {
      const frames = encodeMessage(connection.key, session, id, type, content);
      return (channel === "shell" ? shell : control).send(frames);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => [shell, control, iopub].forEach((socket) => socket.close()),
  };
}

/** All three sockets, or none: those that are open are closed where another one fails. */
export async function connectAll(
  { control_port, shell_port, iopub_port }: Pick<Connection, "control_port" | "shell_port" | "iopub_port">,
  stopped: () => boolean,
) {
  const open: Socket[] = [];
  const next = async (type: "DEALER" | "SUB", port: number) => {
    const socket = await whenListening(type, port, stopped);
    open.push(socket);
    return socket;
  };
  try {
    const control = await next("DEALER", control_port);
    const shell = await next("DEALER", shell_port);
    return { control, shell, iopub: await next("SUB", iopub_port) };
  } catch (error) {
    for (const socket of open) socket.close();
    throw error;
  }
}

async function whenListening(type: "DEALER" | "SUB", port: number, stopped: () => boolean): Promise<Socket> {
  for (let waited = 0;; waited += 20) {
    try {
      return await connectSocket(type, port);
    } catch (error) {
      if (stopped()) throw error;
      if (waited >= startMs) {
        throw new InputError(`The notebook kernel did not listen within ${startMs / 1000} s.`);
      }
      await sleep(20);
    }
  }
}

/** Repeats `kernel_info_request` until its reply and an `idle` were seen: a new iopub subscription misses the first messages. */
async function waitUntilReady(link: Link): Promise<void> {
  let replied = false;
  let idle = false;
  const stop = link.listen((channel, { header, content }) => {
    if (channel === "shell" && header.msg_type === "kernel_info_reply") replied = true;
    if (channel === "iopub" && header.msg_type === "status" && content.execution_state === "idle") {
      idle = true;
    }
  });
  try {
    for (let waited = 0; !(replied && idle); waited += 500) {
      if (waited >= startMs) {
        throw new InputError(`The notebook kernel did not answer within ${startMs / 1000} s.`);
      }
      await link.send("shell", "kernel_info_request", {});
      for (let part = 0; part < 50 && !(replied && idle); part++) await sleep(10);
    }
  } finally {
    stop();
  }
}

/** Waits until the kernel answers and gives it what `kernel_side.ts` is for, whatever the notebook imports. */
async function prepare(link: Link): Promise<void> {
  await waitUntilReady(link);
  const side = new URL("kernel_side.ts", import.meta.url).href;
  const { status, evalue } = await execute(link, `await import("${side}");`, () => {}, startMs);
  if (status !== "ok") throw new InputError(`The notebook kernel could not be prepared: ${evalue}.`);
}

/** Message type of our own: it comes after everything that was sent before it. */
const flushed = "dpbert_flushed";

/**
 * The kernel sends outputs from one queue and the end of a cell beside that queue. So a second, silent request puts a
 * mark into the queue; outputs that overtake it into that request's time carry its id and are the cell's own.
 */
async function execute(
  link: Link,
  code: string,
  onOutput: (message: Message) => void,
  timeoutMs?: number,
): Promise<Reply> {
  const ids = { cell: crypto.randomUUID(), mark: crypto.randomUUID() };
  const cell = Promise.withResolvers<Message>(), mark = Promise.withResolvers<void>();
  const stop = link.listen((channel, message) => {
    const { parentId, header: { msg_type: type } } = message;
    if (parentId !== ids.cell && parentId !== ids.mark) return;
    if (channel === "shell") parentId === ids.cell && cell.resolve(message);
    else if (type === flushed) mark.resolve();
    else if (type !== "status" && type !== "execute_input") onOutput(message);
  });
  const limit = timeLimit(timeoutMs);
  try {
    await sendCode(link, ids.cell, code, false);
    const reply = await Promise.race([cell.promise, limit.passed]);
    await sendCode(link, ids.mark, `Deno.jupyter.broadcast("${flushed}", {});`, true);
    await Promise.race([mark.promise, limit.passed]);
    const { status, ename, evalue } = reply.content as Record<string, string | undefined>;
    return { status: status === "ok" ? "ok" : "error", ename: ename ?? "", evalue: evalue ?? "" };
  } finally {
    limit.end();
    stop();
  }
}

function sendCode(link: Link, id: string, code: string, silent: boolean): Promise<void> {
  const request = { code, silent, store_history: !silent, user_expressions: {}, allow_stdin: false };
  return link.send("shell", "execute_request", { ...request, stop_on_error: true }, id);
}

/** `passed` rejects after `ms`, never without it. */
function timeLimit(ms?: number): { passed: Promise<never>; end(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  if (ms === undefined) return { passed: promise, end: () => {} };
  const error = new InputError(`The cell was still running after ${ms / 1000} s (its time limit).`);
  const timer = setTimeout(() => reject(error), ms);
  promise.catch(() => {}); // it may pass while nobody waits
  return { passed: promise, end: () => clearTimeout(timer) };
}

/** Waits a little for the kernel to leave by itself, then kills it. */
async function endChild(child: Deno.ChildProcess, patienceMs: number): Promise<void> {
  const timer = setTimeout(() => sendSignal(child, "SIGKILL"), patienceMs);
  await child.status;
  clearTimeout(timer);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
