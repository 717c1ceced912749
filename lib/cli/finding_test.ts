import assert from "node:assert/strict";
import { InputError } from "../errors.ts";
import { finding, findingLine, lacking, there } from "./finding.ts";

Deno.test("findingLine marks what is there, what is optional and what is needed, with its fix", () => {
  assert.equal(findingLine(there("BLAS", "openblas")), "[x] BLAS: openblas");
  assert.equal(findingLine(lacking("BLAS", "optional", "none", "get one")), "[ ] BLAS: none - get one");
  assert.equal(findingLine(lacking("disk", "needed", "full", "clean")), "[!] disk: full - clean");
});

Deno.test("finding turns a failure of its look into the finding", async () => {
  const refused = await finding(
    "GLUE",
    () => Promise.reject(new InputError("There is none. Set DPB_GLUE_DIR.")),
  );
  assert.equal(findingLine(refused), "[!] GLUE: There is none. Set DPB_GLUE_DIR.");
  const optional = await finding("GLUE", () => Promise.reject(new InputError("There is none.")), "optional");
  assert.equal(findingLine(optional), "[ ] GLUE: There is none.");
  const broken = await finding("fonts", () => {
    throw new TypeError("x is undefined\n  at y");
  });
  assert.equal(findingLine(broken), "[ ] fonts: could not be looked at (x is undefined)");
});
