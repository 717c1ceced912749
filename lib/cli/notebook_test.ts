import assert from "node:assert/strict";
import { chosenNotebook, parseOptions } from "./notebook.ts";

Deno.test("parseOptions takes a file before -- and leaves all behind it to JupyterLab", () => {
  assert.deepEqual(parseOptions([]), { file: null, options: [] });
  assert.deepEqual(parseOptions(["01", "--", "--no-browser"]), { file: "01", options: ["--no-browser"] });
  assert.deepEqual(parseOptions(["--", "--port", "1"]), { file: null, options: ["--port", "1"] });
});

Deno.test("parseOptions refuses an option of its own and a second file", () => {
  assert.throws(() => parseOptions(["--no-browser"]), { name: "InputError", message: /"--no-browser"/ });
  assert.throws(() => parseOptions(["01", "02"]), { name: "InputError", message: /"02"/ });
});

Deno.test("chosenNotebook knows a notebook by its path or its beginning, and lists them otherwise", () => {
  const names = ["02_planner.ipynb", "01_backbone.ipynb"];
  assert.equal(chosenNotebook("notebooks/01_backbone.ipynb", names), "01_backbone.ipynb");
  assert.equal(chosenNotebook("02", names), "02_planner.ipynb");
  assert.throws(() => chosenNotebook("0", names), { name: "InputError", message: /More than one.*01.*02/ });
  assert.throws(() => chosenNotebook("7", names), {
    name: "InputError",
    message: /No notebook begins with "7"/,
  });
});
