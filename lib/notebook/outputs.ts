/** From the kernel's messages to the outputs of a cell, as nbformat stores them. */
import { stripVTControlCharacters } from "node:util";
import type { CodeCell, DisplayOutput, MimeBundle, Output } from "./document.ts";
import type { Message } from "./wire.ts";

/** The displays of a notebook that can still be updated, by display id. */
export type DisplayIndex = Map<string, DisplayOutput[]>;

/** What an output says, as a message or as an output that another program saved. */
export interface OutputMessage {
  header: Pick<Message["header"], "msg_type">;
  content: Message["content"];
}

/**
 * Applies one message to `cell`: stream (joined with the one before), display_data, update_display_data (also of
 * a display of an earlier cell), execute_result, error and clear_output; other messages change nothing.
 */
export function applyMessage(cell: CodeCell, displays: DisplayIndex, message: OutputMessage): void {
  const content = message.content;
  const displayId = (content.transient as { display_id?: string } | null | undefined)?.display_id;
  switch (message.header.msg_type) {
    case "stream":
      return addStream(cell.outputs, content.name as "stdout" | "stderr", String(content.text));
    case "display_data": {
      const output: DisplayOutput = { output_type: "display_data", ...bundle(content) };
      cell.outputs.push(output);
      if (displayId) displays.set(displayId, [...(displays.get(displayId) ?? []), output]);
      return;
    }
    case "update_display_data":
      for (const output of displays.get(displayId ?? "") ?? []) Object.assign(output, bundle(content));
      return;
    case "execute_result":
      cell.outputs.push({ output_type: "execute_result", execution_count: null, ...bundle(content) });
      return;
    case "error":
      cell.outputs.push({
        output_type: "error",
        ename: String(content.ename),
        evalue: stripVTControlCharacters(String(content.evalue)),
        traceback: ((content.traceback ?? []) as string[]).map(stripVTControlCharacters),
      });
      return;
    case "clear_output":
      cell.outputs.length = 0;
  }
}

function addStream(outputs: Output[], name: "stdout" | "stderr", text: string): void {
  const plain = stripVTControlCharacters(text);
  const last = outputs.at(-1);
  if (last?.output_type === "stream" && last.name === name) last.text += plain;
  else outputs.push({ output_type: "stream", name, text: plain });
}

function bundle(content: Record<string, unknown>): { data: MimeBundle; metadata: Record<string, unknown> } {
  const data = Object.entries((content.data ?? {}) as MimeBundle).map(([mime, value]) => [
    mime,
    typeof value === "string" && mime.startsWith("text/") ? stripVTControlCharacters(value) : value,
  ]);
  return { data: Object.fromEntries(data), metadata: (content.metadata ?? {}) as Record<string, unknown> };
}
