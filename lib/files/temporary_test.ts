import assert from "node:assert/strict";
import { makeTemporaryFolder } from "./temporary.ts";

Deno.test({
  name: "makeTemporaryFolder makes a folder of its own, or says what to set",
  ignore: Deno.build.os === "windows", // another variable
  async fn() {
    const [one, other] = [await makeTemporaryFolder("dpbert-a-"), await makeTemporaryFolder("dpbert-a-")];
    assert.notEqual(one, other);
    for (const folder of [one, other]) await Deno.remove(folder);
    const before = Deno.env.get("TMPDIR");
    Deno.env.set("TMPDIR", "/no/such/folder");
    try {
      await assert.rejects(makeTemporaryFolder("dpbert-a-"), { name: "InputError", message: /TMPDIR/ });
    } finally {
      if (before === undefined) Deno.env.delete("TMPDIR");
      else Deno.env.set("TMPDIR", before);
    }
  },
});
