import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { configWith, parseSeeds, readConfig } from "./config.ts";
import { InputError } from "./errors.ts";

/** Asserts that `env` is refused with a message holding every part. */
function refuses(env: Record<string, string>, ...parts: string[]) {
  assert.throws(() => readConfig(env), (error) => {
    assert(error instanceof InputError, `${error}`);
    for (const part of parts) assert(error.message.includes(part), `"${part}" missing in: ${error.message}`);
    return true;
  });
}

Deno.test("readConfig gives defaults for an empty environment", () => {
  assert.deepEqual(readConfig({}), {
    profile: "micro",
    tasks: null,
    seeds: null,
    backend: "auto",
    blas: "auto",
    simd: "auto",
    results: fileURLToPath(new URL("../results/local", import.meta.url)),
    glueDir: null,
    bertDir: null,
    python: null,
    offline: false,
    mirror: null,
    hfHome: null,
    hubCache: null,
  });
});

Deno.test("readConfig reads every variable and ignores those of others", () => {
  const config = readConfig({
    DPB_PROFILE: "glue",
    DPB_TASKS: "mrpc, sts-b",
    DPB_SEEDS: "0,2",
    DPB_BACKEND: "wasm",
    DPB_BLAS: "lib/libopenblas.so.0",
    DPB_SIMD: "plain",
    DPB_RESULTS: "results",
    DPB_GLUE_DIR: "glue",
    DPB_BERT_DIR: "bert",
    DPB_PYTHON: "bin/python",
    DPB_OFFLINE: "1",
    DPB_MIRROR: "http://localhost:8000/",
    HF_HOME: "hf",
    PATH: "x",
  });
  assert.deepEqual(config, {
    profile: "glue",
    tasks: ["mrpc", "sts-b"],
    seeds: [0, 2],
    backend: "wasm",
    blas: "lib/libopenblas.so.0",
    simd: "plain",
    results: "results",
    glueDir: "glue",
    bertDir: "bert",
    python: "bin/python",
    offline: true,
    mirror: "http://localhost:8000",
    hfHome: "hf",
    hubCache: join("hf", "hub"),
  });
  assert.equal(readConfig({ HF_HOME: "hf", HF_HUB_CACHE: "models" }).hubCache, "models");
});

Deno.test("readConfig takes an empty variable for one that is not set", () => {
  assert.equal(readConfig({ DPB_TASKS: "", DPB_BACKEND: "" }).backend, "auto");
});

Deno.test("readConfig refuses a wrong value, naming the variable, the value and the allowed ones", () => {
  refuses({ DPB_PROFILE: "huge" }, "DPB_PROFILE", '"huge"', "one of smoke, micro, glue (paper is planned)");
  refuses({ DPB_PROFILE: "paper" }, "DPB_PROFILE", '"paper"', "does not work yet", "smoke, micro, glue");
  refuses({ DPB_TASKS: "mrpc,squad" }, "DPB_TASKS", '"mrpc,squad"', "sts-b");
  refuses({ DPB_TASKS: "mrpc,mrpc" }, "DPB_TASKS");
  refuses({ DPB_SEEDS: "three" }, "DPB_SEEDS", '"three"', "0, 1, 2");
  refuses({ DPB_BACKEND: "cuda" }, "DPB_BACKEND", '"cuda"', "auto, webgpu, wasm, cpu");
  refuses({ DPB_BLAS: "of" }, "DPB_BLAS", '"of"', "auto, off");
  refuses({ DPB_SIMD: "wide" }, "DPB_SIMD", '"wide"', "auto, plain");
  refuses({ DPB_OFFLINE: "yes" }, "DPB_OFFLINE", '"yes"', "1, 0");
  refuses({ DPB_MIRROR: "ftp://mirror.example" }, "DPB_MIRROR", "ftp://mirror.example", "https://");
});

Deno.test("readConfig refuses an unknown DPB_ variable and lists the known ones", () => {
  refuses({ DPB_TASK: "mrpc" }, 'DPB_TASK="mrpc"', "DPB_TASKS", "DPB_MIRROR");
});

Deno.test("parseSeeds counts from 0 or takes a list", () => {
  assert.deepEqual(parseSeeds("3"), [0, 1, 2]);
  assert.deepEqual(parseSeeds("0,2"), [0, 2]);
  assert.deepEqual(parseSeeds("2,"), [2]);
  assert.deepEqual(parseSeeds(" 5, 1 "), [5, 1]);
});

Deno.test("parseSeeds refuses nothing, none, fractions, negatives and repeats", () => {
  for (const text of ["", "0", "-1", "1.5", "0,0", "1,,2", ",", "a", "1001"]) {
    assert.throws(() => parseSeeds(text), InputError, text);
  }
});

Deno.test("readConfig takes the caller's default profile only where none is set", () => {
  assert.equal(readConfig({}, "glue").profile, "glue");
  assert.equal(readConfig({ DPB_PROFILE: "smoke" }, "glue").profile, "smoke");
});

Deno.test("configWith lets an option win over the variable and checks both", () => {
  const env = { DPB_SEEDS: "3", DPB_PROFILE: "smoke" };
  assert.deepEqual(configWith({ seeds: "0,2", profile: undefined }, env).seeds, [0, 2]);
  assert.equal(configWith({}, env).profile, "smoke");
});

Deno.test("configWith names what the user typed: the option where the value is its own, else the variable", () => {
  const said = (options: Parameters<typeof configWith>[0], message: RegExp) =>
    assert.throws(() => configWith(options, { DPB_SEEDS: "x" }), { name: "InputError", message });
  said(
    { tasks: "mrcp", seeds: "1" },
    /^--tasks "mrcp" is not understood; expected a list such as "mrpc,sts-b"/,
  );
  said(
    { profile: "nope", seeds: "1" },
    /^--profile "nope" is not understood; expected one of smoke, micro, glue/,
  );
  said(
    { profile: "paper", seeds: "1" },
    /^--profile "paper": this profile is planned.*smoke, micro, glue\.$/,
  );
  said({ tasks: "mrpc" }, /^DPB_SEEDS="x" is not understood/);
});
