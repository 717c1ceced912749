/**
 * A running Deno kernel: starts `deno jupyter --kernel`, talks to it over ZeroMQ's protocol and always ends it. No Python,
 * no Jupyter needed. `kernel.ts` runs notebooks with it.
 */
import { dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { decodeMessage, encodeMessage, type Message } from "./wire.ts";
import { connectSocket, type Socket } from "./zmtp.ts";

/** How a cell ended. `status` "died" never appears: a dead kernel throws. */
export interface Reply {
  status: "ok" | "error";
  ename: string;
  evalue: string;
}

export interface Session {
  /**
   * Runs `code`; each output message of this request goes to `onOutput` in order of arrival. Returns after the
   * reply, `idle` and 40 ms without a message: Deno sends a cell's last outputs after `idle` now and then.
   * Throws `InputError` when the kernel dies or `timeoutMs` (none by default) pass.
   */
  execute(code: string, onOutput: (message: Message) => void, timeoutMs?: number): Promise<Reply>;
  /** Asks the kernel to shut down, ends it by its process id when it does not, and removes its files. */
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Working folder of the kernel; its deno.json (there or above) is in force. */
  cwd: string;
  env?: Record<string, string>;
  /** Each line the kernel's process writes to stderr. */
  onKernelLine?: (line: string) => void;
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

const quietMs = 40;
const startMs = 60_000;

/** Starts a kernel and waits until it answers on both channels. Throws `InputError` when it does not start. */
export async function startSession(options: SessionOptions): Promise<Session> {
  const folder = await Deno.makeTempDir({ prefix: "dpbert-kernel-" });
  const connection = freeConnection();
  const file = join(folder, "connection.json");
  await Deno.writeTextFile(file, JSON.stringify(connection), { mode: 0o600 });
  let child: Deno.ChildProcess;
  try {
    child = spawnKernel(file, options);
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw new InputError(`Cannot start the notebook kernel in ${options.cwd}: ${(error as Error).message}.`);
  }
  const lines = followLines(child.stderr, options.onKernelLine);
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
    await sleep(quietMs); // its last line may still be on the way
    const said = lines.last();
    throw new InputError(
      `The notebook kernel died (${status.signal ?? `exit code ${status.code}`})${said ? `: ${said}` : ""}.`,
    );
  });
  died.catch(() => {}); // it always ends in the end
  try {
    const ready = await Promise.race([connect(connection, () => closing), died]);
    link = ready;
    await Promise.race([waitUntilReady(ready), died]);
    return {
      execute: (code, onOutput, timeoutMs) => Promise.race([execute(ready, code, onOutput, timeoutMs), died]),
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
  const control = await whenListening("DEALER", connection.control_port, stopped);
  const shell = await whenListening("DEALER", connection.shell_port, stopped);
  const iopub = await whenListening("SUB", connection.iopub_port, stopped);
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

async function execute(
  link: Link,
  code: string,
  onOutput: (message: Message) => void,
  timeoutMs?: number,
): Promise<Reply> {
  const id = crypto.randomUUID();
  let reply: Message | undefined;
  let idle = false;
  let heard = 0; // messages so far: the quiet after idle is counted from the last one
  let wake = () => {};
  const stop = link.listen((channel, message) => {
    if (message.parentId !== id) return;
    heard++;
    if (channel === "shell") reply = message;
    else if (message.header.msg_type !== "status") onOutput(message);
    else if (message.content.execution_state === "idle") idle = true;
    wake();
  });
  let timedOut = false;
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
    timedOut = true;
    wake();
  }, timeoutMs);
  try {
    const request = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    await link.send("shell", "execute_request", { ...request, stop_on_error: true }, id);
    while (!(reply && idle)) {
      if (timedOut) {
        throw new InputError(`The cell was still running after ${timeoutMs! / 1000} s (its time limit).`);
      }
      await new Promise<void>((resolve) => wake = resolve);
    }
    for (let seen = -1; seen !== heard;) {
      seen = heard;
      await sleep(quietMs);
    }
    const { status, ename, evalue } = reply.content as Record<string, string | undefined>;
    return { status: status === "ok" ? "ok" : "error", ename: ename ?? "", evalue: evalue ?? "" };
  } finally {
    clearTimeout(timer);
    stop();
  }
}

/** Waits a little for the kernel to leave by itself, then kills it. */
async function endChild(child: Deno.ChildProcess, patienceMs: number): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await child.status;
  clearTimeout(timer);
}

/** Reads a stream line by line until it ends or `stop` is called (a grandchild may hold it open). */
function followLines(stream: ReadableStream<Uint8Array>, onLine?: (line: string) => void) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let last = "";
  let rest = "";
  const done = (async () => {
    for (;;) {
      const { value, done } = await reader.read();
      const lines = (rest + (done ? "\n" : decoder.decode(value, { stream: true }))).split(/\r?\n/);
      rest = lines.pop()!;
      for (const line of lines.filter((line) => line.trim() && !line.includes("deno jupyter"))) { // "is unstable"
        last = line.trim();
        onLine?.(line);
      }
      if (done) return;
    }
  })().catch(() => {});
  return {
    last: () => last,
    async stop() {
      await reader.cancel().catch(() => {});
      await done;
    },
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
