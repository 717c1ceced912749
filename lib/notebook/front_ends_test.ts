import assert from "node:assert/strict";
import { frontEndOf, openFrontEnd } from "./front_ends.ts";
import { executeNotebook } from "./kernel.ts";

Deno.test("frontEndOf refuses an unknown name and names both; the kernel's needs nothing to be ready", async () => {
  assert.equal(frontEndOf("jupyter"), "jupyter");
  assert.throws(() => frontEndOf("lab"), {
    name: "InputError",
    message: 'Unknown front end "lab" in --via; expected kernel or jupyter.',
  });
  assert.equal(await openFrontEnd("kernel", "/no/such/project"), executeNotebook);
});

Deno.test("openFrontEnd without Jupyter says how to get it", async () => {
  const root = await Deno.makeTempDir(), path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", root); // no jupyter there
  try {
    await assert.rejects(openFrontEnd("jupyter", root), {
      name: "InputError",
      message: /^There is no Jupyter here\. `deno task setup --jupyter` installs it/,
    });
  } finally {
    Deno.env.set("PATH", path);
    await Deno.remove(root, { recursive: true });
  }
});
