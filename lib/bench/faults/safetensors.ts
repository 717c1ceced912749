/** Weights as downloads, converters and trainings that failed leave them. */
import { join } from "node:path";
import type { Fault } from "./fault.ts";
import { type NamedValues, writeSafetensors } from "../../tensor/safetensors.ts";
import { soundPlanner, trainOnBroken, writeSound } from "./sound.ts";

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

type Header = Record<string, Entry>;

/** A file in its two parts. */
interface Parts {
  header: Header;
  data: Uint8Array;
}

function partsOf(file: Uint8Array): Parts {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const { __metadata__: _, ...header } = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  return { header, data: file.slice(8 + length) };
}

/** The parts as a file; `announced` stands in for the true length of the header. */
function fileOf(header: unknown, data: Uint8Array, announced?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, announced ?? BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

/** Training from a file that was changed. */
function weights(name: string, change: (file: Uint8Array) => Uint8Array, ...expects: RegExp[]): Fault {
  return {
    group: "safetensors",
    name,
    make: (place) =>
      trainOnBroken(place, async ({ bert }) => {
        const file = join(bert, "model.safetensors");
        await Deno.writeFile(file, change(await Deno.readFile(file)));
      }),
    expects: [/model\.safetensors/, ...expects],
  };
}

/** The same, changed by its parts. */
const parts = (name: string, change: (parts: Parts) => void, ...expects: RegExp[]): Fault =>
  weights(name, (file) => {
    const { header, data } = partsOf(file);
    change({ header, data });
    return fileOf(header, data);
  }, ...expects);

const word = "embeddings.word_embeddings.weight", bias = "pooler.dense.bias";

/** Puts `value` at element 3 of the tensor `name`. */
const put = (name: string, value: number) => ({ header, data }: Parts) =>
  new DataView(data.buffer).setFloat32(header[name].data_offsets[0] + 12, value, true);

/** Prediction with a planner that was changed. */
function planner(
  name: string,
  change: (tensors: Map<string, NamedValues>) => void,
  ...expects: RegExp[]
): Fault {
  return {
    group: "safetensors",
    name,
    async make({ folder }) {
      const { bert } = await writeSound(folder), tensors = soundPlanner();
      change(tensors);
      await writeSafetensors(join(bert, "planner.safetensors"), tensors);
      return { argv: ["predict", "--run", bert, "--text", "it was good ."] };
    },
    expects: [/planner\.safetensors/, ...expects],
  };
}

/** The faults of this group. */
export const safetensorsFaults: Fault[] = [
  weights("a header longer than the file", (file) => {
    new DataView(file.buffer).setBigUint64(0, BigInt(file.length), true);
    return file;
  }, /announces a header of \d+ bytes but has \d+ bytes in all/),
  weights("a header of 10 GB", (file) => {
    new DataView(file.buffer).setBigUint64(0, 10_000_000_000n, true);
    return file;
  }, /announces a header of 10000000000 bytes/),
  weights("a header that is not JSON", () => fileOf("{weights", new Uint8Array(8)), /header .*is not JSON/),
  weights(
    "a header that is most of the file",
    () => fileOf(" ".repeat(2_000_000), new Uint8Array(8)),
    /header of 2000000 bytes/,
  ),
  parts("offsets that overlap", ({ header }) => {
    const { data_offsets } = header[bias];
    data_offsets[0] -= 4;
    data_offsets[1] -= 4;
  }, /begins at byte \d+, inside the tensor/),
  parts("a hole between two tensors", ({ header }) => delete header[word], /leaving a hole/),
  parts(
    "a shape that does not fit its bytes",
    ({ header }) => header[bias].shape = [9],
    /"pooler\.dense\.bias".*shape \[9\].*span 32/,
  ),
  parts(
    "a shape with a negative side",
    ({ header }) => header[bias].shape = [-8],
    /"pooler\.dense\.bias".*shape \[-8\]/,
  ),
  parts(
    "a dtype that does not exist",
    ({ header }) => header[bias].dtype = "F31",
    /"pooler\.dense\.bias".*dtype "F31"/,
  ),
  parts(
    "integers for weights",
    ({ header }) => header[bias].dtype = "I32",
    /"pooler\.dense\.bias" has dtype I32/,
  ),
  parts("NaN weights", put(bias, NaN), /"pooler\.dense\.bias" holds NaN at element 3/),
  parts("infinite weights", put(word, -Infinity), /"embeddings\.word_embeddings\.weight" holds -Infinity/),
  parts("a missing tensor", ({ header }) => {
    header["encoder.layer.1.output.dense.bia5"] = header["encoder.layer.1.output.dense.bias"];
    delete header["encoder.layer.1.output.dense.bias"];
  }, /lacks the tensor "encoder\.layer\.1\.output\.dense\.bias"/),
  parts("a tensor too many", ({ header, data }) => {
    header["encoder.layer.2.output.dense.bias"] = {
      dtype: "F32",
      shape: [0],
      data_offsets: [data.length, data.length],
    };
  }, /"encoder\.layer\.2\.output\.dense\.bias".*2 layers/),
  parts(
    "a tensor of another shape",
    ({ header }) => header["encoder.layer.0.output.dense.weight"].shape = [16, 8],
    /"encoder\.layer\.0\.output\.dense\.weight" has shape \[16,8\], expected \[8,16\]/,
  ),
  weights("a file that was cut short", (file) => file.subarray(0, file.length - 100), /cut short/),
  weights(
    "bytes behind the last tensor",
    (file) => Uint8Array.of(...file, 0),
    /1 bytes after its last tensor/,
  ),
  weights("an empty file", () => new Uint8Array(), /has 0 bytes/),
  weights(
    "a Git LFS pointer in its place",
    () => new TextEncoder().encode("version https://git-lfs.example/spec/v1\noid sha256:0\nsize 9\n"),
    /not a safetensors file/,
  ),
  planner(
    "NaN in a planner",
    (tensors) => tensors.get("planner.1.bias")!.data.fill(NaN),
    /finite numbers in "planner\.1\.bias"/,
  ),
  planner(
    "a planner of another width",
    (tensors) => tensors.set("planner.0.weight", { shape: [1, 9], data: new Float32Array(9) }),
    /"planner\.0\.weight" of shape \[1,9\].*width 8/,
  ),
  planner(
    "a planner of more layers",
    (tensors) => tensors.set("planner.2.bias", { shape: [1], data: new Float32Array(1) }),
    /"planner\.2\.bias".*2 layers/,
  ),
  planner(
    "a planner of fewer layers",
    (tensors) => tensors.delete("planner.1.bias"),
    /lacks the tensor "planner\.1\.bias"/,
  ),
  {
    group: "safetensors",
    name: "weights that are missing",
    make: (place) => trainOnBroken(place, ({ bert }) => Deno.remove(join(bert, "model.safetensors"))),
    expects: [/model\.safetensors/],
  },
];
