import assert from "node:assert/strict";

const session = new URL("session.ts", import.meta.url).href;
const cwd = new URL("../../", import.meta.url).pathname;

Deno.test({
  name: "a kernel whose parent is killed ends by itself, even in a cell that computes without a pause",
  ignore: Deno.build.os === "windows", // there a process keeps the number of a parent that is gone
  fn: async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    // The connection tells that the kernel is gone: its system closes it.
    const cell = `globalThis.held = await Deno.connect({ port: ${port} }); while (true) {}`;
    const parent = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `import { startSession } from ${JSON.stringify(session)};
const { execute } = await startSession({ cwd: ${JSON.stringify(cwd)} });
await execute(${JSON.stringify(cell)}, () => {});`,
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const kernel = await listener.accept();
    parent.kill("SIGKILL");
    const limit = AbortSignal.timeout(30_000);
    limit.addEventListener("abort", () => kernel.close());
    await kernel.read(new Uint8Array(1)).catch(() => {});
    assert.ok(!limit.aborted, "the kernel lives on");
    kernel.close();
    listener.close();
    await parent.status;
  },
});
