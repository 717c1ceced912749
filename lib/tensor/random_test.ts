import assert from "node:assert/strict";
import { random, truncatedNormals, uniforms } from "./random.ts";

Deno.test("random gives equal names equal numbers, pinned across machines", () => {
  assert.deepEqual(uniforms(random(1, "actions", 7), 5), uniforms(random(1, "actions", 7), 5));
  assert.equal(random(0, "pinned")().toFixed(12), "0.904954999608");
});

Deno.test("random gives another seed, purpose or step other numbers", () => {
  const first = random(0, "actions", 0)();
  for (const other of [random(1, "actions", 0), random(0, "planner", 0), random(0, "actions", 1)]) {
    assert.notEqual(other(), first);
  }
});

Deno.test("uniforms lie in [0, 1) around a half", () => {
  const values = uniforms(random(0, "uniforms"), 20000);
  assert.ok(values.every((x) => x >= 0 && x < 1));
  const mean = values.reduce((a, b) => a + b) / values.length;
  assert.ok(Math.abs(mean - 0.5) < 0.01, String(mean));
});

Deno.test("truncatedNormals stay within two deviations and have the cut normal's moments", () => {
  const values = truncatedNormals(random(0, "normals"), 20000, 0.02);
  assert.ok(values.every((x) => Math.abs(x) <= Math.fround(0.04)));
  const mean = values.reduce((a, b) => a + b) / values.length;
  const deviation = Math.sqrt(values.reduce((total, x) => total + x * x, 0) / values.length);
  assert.ok(Math.abs(mean) < 5e-4, String(mean));
  // A normal cut at two deviations keeps 0.8796 of its deviation.
  assert.ok(Math.abs(deviation / 0.02 - 0.8796) < 0.01, String(deviation));
});
