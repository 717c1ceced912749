import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { Buffer } from "node:buffer";
import { decodeMessage, encodeMessage } from "./wire.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("encodeMessage signs the four parts with HMAC-SHA256 in order", () => {
  const frames = encodeMessage("key", "session", "id-1", "execute_request", { code: "ä" });
  assert.equal(text(frames[0]), "<IDS|MSG>");
  assert.equal(
    text(frames[1]),
    createHmac("sha256", "key").update(Buffer.concat(frames.slice(2))).digest("hex"),
  );
  assert.equal(JSON.parse(text(frames[2])).msg_type, "execute_request");
  assert.deepEqual(frames.slice(3).map(text), ["{}", "{}", `{"code":"ä"}`]);
});

Deno.test("decodeMessage reads what encodeMessage wrote, behind a topic", () => {
  const frames = encodeMessage("key", "session", "id-1", "status", { execution_state: "idle" });
  const message = decodeMessage("key", [new TextEncoder().encode("kernel.status"), ...frames]);
  assert.equal(message.header.msg_id, "id-1");
  assert.equal(message.parentId, "");
  assert.deepEqual(message.content, { execution_state: "idle" });
});

Deno.test("decodeMessage refuses a wrong signature and frames without delimiter", () => {
  const frames = encodeMessage("key", "session", "id-1", "status", {});
  assert.throws(() => decodeMessage("other", frames), /wrong signature/);
  assert.throws(() => decodeMessage("key", frames.slice(1)), /5 frames that are no Jupyter message/);
});
