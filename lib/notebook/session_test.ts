import assert from "node:assert/strict";
import { dirname } from "node:path";
import { InputError } from "../errors.ts";
import { connectAll, startSession } from "./session.ts";
import type { Message } from "./wire.ts";

const cwd = new URL("../../", import.meta.url).pathname;

Deno.test("startSession gives a kernel that keeps state, answers at once and takes large outputs", async () => {
  const session = await startSession({ cwd, env: { DPB_NOTE: "set" } });
  try {
    await session.execute(`let count = 1;`, () => {});
    const outputs: Message[] = [];
    const reply = await session.execute(
      `count++;\nconsole.log(count, Deno.env.get("DPB_NOTE"), Deno.env.get("NO_COLOR"), Deno.cwd());
await Deno.jupyter.broadcast("display_data", { data: { "text/plain": "x".repeat(3e6) }, metadata: {}, transient: {} });`,
      (message) => outputs.push(message),
    );
    assert.deepEqual(reply, { status: "ok", ename: "", evalue: "" });
    const text = outputs.find(({ header }) => header.msg_type === "stream")?.content.text;
    assert.equal(text, `2 set 1 ${cwd.replace(/\/$/, "")}\n`);
    const large = outputs.find(({ header }) => header.msg_type === "display_data");
    assert.equal((large?.content.data as Record<string, string>)["text/plain"].length, 3e6);
  } finally {
    await session.close();
  }
});

Deno.test("startSession gives each of fifty cells its own lines, although the kernel ends cells before their outputs", async () => {
  const session = await startSession({ cwd });
  try {
    for (let cell = 0; cell < 50; cell++) {
      const lines: string[] = [];
      await session.execute(`for (let line = 0; line < 3; line++) console.log(${cell}, line);`, (message) => {
        lines.push(...String(message.content.text).trim().split("\n"));
      });
      assert.deepEqual(lines, [`${cell} 0`, `${cell} 1`, `${cell} 2`]);
    }
  } finally {
    await session.close();
  }
});

Deno.test("startSession reports a reply of an error and survives it", async () => {
  const session = await startSession({ cwd });
  try {
    const reply = await session.execute(`throw new TypeError("no")`, () => {});
    assert.deepEqual(reply, { status: "error", ename: "TypeError", evalue: "no" });
    assert.equal((await session.execute(`1 + 1`, () => {})).status, "ok");
  } finally {
    await session.close();
  }
});

Deno.test("startSession reports a kernel that ends by itself with its exit code, every time it is asked", async () => {
  const session = await startSession({ cwd });
  try {
    for (let time = 0; time < 2; time++) {
      await assert.rejects(
        session.execute(`Deno.exit(7)`, () => {}),
        new InputError("The notebook kernel died (exit code 7)."),
      );
    }
  } finally {
    await session.close();
  }
});

Deno.test("startSession refuses a working folder that does not exist", async () => {
  await assert.rejects(startSession({ cwd: `${cwd}no-such-folder` }), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /^Cannot start the notebook kernel in .*no-such-folder/);
    return true;
  });
});

Deno.test("startSession leaves no folder where its connection file cannot be written", async () => {
  const write = Deno.writeTextFile;
  let file = "";
  Deno.writeTextFile = (path) => {
    file = String(path);
    return Promise.reject(new Error("no space left"));
  };
  try {
    await assert.rejects(startSession({ cwd }), { name: "InputError", message: /^Cannot start .*no space/ });
  } finally {
    Deno.writeTextFile = write;
  }
  await assert.rejects(Deno.stat(dirname(file)), Deno.errors.NotFound);
});

Deno.test("connectAll closes the socket that is open where another one fails", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 }),
    { port: nobody } = closed.addr as Deno.NetAddr;
  closed.close();
  const peer = (async () => {
    const connection = await listener.accept(), greeting = new Uint8Array(64);
    [greeting[0], greeting[9], greeting[10]] = [0xff, 0x7f, 3];
    await connection.write(greeting);
    await connection.write(Uint8Array.of(4, 0)); // an empty command as its READY
    for await (const _ of connection.readable); // until the other side closes
  })();
  const { port } = listener.addr as Deno.NetAddr;
  const ports = { control_port: port, shell_port: nobody, iopub_port: nobody };
  await assert.rejects(connectAll(ports, () => true), Deno.errors.ConnectionRefused);
  await peer.catch(() => {}); // a reset is an end as well
  listener.close();
});
