/**
 * What a notebook's kernel needs beside the cells, from the moment a notebook imports `lib/notebook`: it survives the
 * stop button and ends with the process that started it. Imported for this effect; elsewhere it does nothing.
 */
import { surviveStopButton } from "./stop_button.ts";

/** Whether this process is a notebook's kernel; reading `Deno.jupyter` throws elsewhere. */
export function inKernel(): boolean {
  try {
    return Deno.jupyter !== undefined;
  } catch {
    return false;
  }
}

if (inKernel()) {
  surviveStopButton();
  new Worker(new URL("parent_watch.ts", import.meta.url), { type: "module", name: `${Deno.ppid}` });
}
