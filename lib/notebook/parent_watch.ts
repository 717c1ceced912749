/**
 * A worker inside a notebook's kernel: ends the kernel when the process that started it, whose id is the worker's name,
 * is gone (killed, out of memory); the kernel would otherwise stay for ever. A thread of its own, because a cell may
 * compute without a pause.
 */
const parent = Number(self.name);

setInterval(() => {
  if (Deno.ppid !== parent) Deno.kill(Deno.pid, "SIGKILL"); // `Deno.exit` would end the worker alone
}, 1000);

export {};
