import assert from "node:assert/strict";
import { isRight, sha256OfFile } from "./sha256.ts";

// FIPS 180-2, appendix B.1.
const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Deno.test("sha256OfFile gives the standard's sum of abc, and isRight wants size and sum", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "abc");
    assert.equal(await sha256OfFile(path), sha256);
    assert.equal(await isRight({ path, size: 3, sha256 }), true);
    assert.equal(await isRight({ path, size: 4, sha256 }), false);
    assert.equal(await isRight({ path, size: 3, sha256: sha256.replace("b", "c") }), false);
    assert.equal(await isRight({ path: `${path}-not`, size: 3, sha256 }), false);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("sha256OfFile names a file that cannot be read", async () => {
  await assert.rejects(sha256OfFile("/nowhere/model"), {
    name: "InputError",
    message: /Cannot read \/nowhere\/model/,
  });
});
