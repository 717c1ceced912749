/**
 * Jupyter's wire format (messaging protocol 5.3): four JSON parts behind a delimiter and an HMAC-SHA256
 * signature. See "Messaging in Jupyter", section "The Wire Protocol".
 */
import { createHmac } from "node:crypto";

/** One message of the protocol. */
export interface Message {
  header: {
    msg_id: string;
    msg_type: string;
    session: string;
    username: string;
    date: string;
    version: string;
  };
  parentId: string;
  metadata: Record<string, unknown>;
  content: Record<string, unknown>;
}

const delimiter = "<IDS|MSG>";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The frames of a request with a signature by `key`. */
export function encodeMessage(
  key: string,
  session: string,
  id: string,
  type: string,
  content: Record<string, unknown>,
): Uint8Array[] {
  const header = {
    msg_id: id,
    msg_type: type,
    session,
    username: "reproduce",
    date: new Date(0).toISOString(), // kernels do not read it
    version: "5.3",
  };
  const parts = [header, {}, {}, content].map((part) => encoder.encode(JSON.stringify(part)));
  return [encoder.encode(delimiter), encoder.encode(sign(key, parts)), ...parts];
}

/** The message in `frames` (routing prefix allowed). Throws `Error` on a missing delimiter or a wrong signature. */
export function decodeMessage(key: string, frames: Uint8Array[]): Message {
  const start = frames.findIndex((frame) => decoder.decode(frame) === delimiter);
  if (start < 0 || frames.length < start + 6) {
    throw new Error(`The kernel sent ${frames.length} frames that are no Jupyter message.`);
  }
  const parts = frames.slice(start + 2, start + 6);
  if (decoder.decode(frames[start + 1]) !== sign(key, parts)) {
    throw new Error("The kernel sent a message with a wrong signature.");
  }
  const [header, parent, metadata, content] = parts.map((part) => JSON.parse(decoder.decode(part)));
  return { header, parentId: parent.msg_id ?? "", metadata, content };
}

function sign(key: string, parts: Uint8Array[]): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}
