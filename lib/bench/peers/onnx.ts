/**
 * A BERT classifier as an ONNX file, so that onnxruntime runs the same weights. The graph uses the fused operators that
 * onnxruntime's own BERT optimiser would put there (Attention, SkipLayerNormalization, BiasGelu): the peer at its best.
 */
import type { BertConfig } from "../../bert/mod.ts";

/** Values and shape of a parameter, by its path (`layers.0.qkv.weight`). */
export type Weights = ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;

// Protocol buffers: a message is a list of fields, each a key (number and kind) and its content.
const varint = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};
type Bytes = Uint8Array;
const join = (parts: Bytes[]): Bytes => {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
};
const int = (field: number, value: number): Bytes =>
  Uint8Array.from([...varint(field << 3), ...varint(value)]);
const bytes = (field: number, content: Bytes): Bytes =>
  join([Uint8Array.from([...varint(field << 3 | 2), ...varint(content.length)]), content]);
const text = (field: number, value: string): Bytes => bytes(field, new TextEncoder().encode(value));
const float = (field: number, value: number): Bytes =>
  join([Uint8Array.from(varint(field << 3 | 5)), new Uint8Array(Float32Array.of(value).buffer)]);

const floatType = 1, int64Type = 7;
const contrib = "com.microsoft";

function attribute(name: string, value: number): Bytes {
  return Number.isInteger(value)
    ? join([text(1, name), int(3, value), int(20, 2)])
    : join([text(1, name), float(2, value), int(20, 1)]);
}

/** A node: operator, inputs ("" leaves an optional one out), output. */
function node(
  op: string,
  inputs: string[],
  output: string,
  attributes: Record<string, number> = {},
  domain = "",
): Bytes {
  return bytes(
    1,
    join([
      ...inputs.map((name) => text(1, name)),
      text(2, output),
      text(3, output),
      text(4, op),
      ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
      ...(domain ? [text(7, domain)] : []),
    ]),
  );
}

function tensor(name: string, shape: readonly number[], data: Float32Array | BigInt64Array): Bytes {
  const type = data instanceof Float32Array ? floatType : int64Type;
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return bytes(5, join([...shape.map((n) => int(1, n)), int(2, type), text(8, name), bytes(9, raw)]));
}

function value(field: number, name: string, type: number, shape: number[]): Bytes {
  const dims = join(shape.map((n) => bytes(1, int(1, n))));
  return bytes(field, join([text(1, name), bytes(2, bytes(1, join([int(1, type), bytes(2, dims)])))]));
}

/** [out, in] to [in, out]: ONNX multiplies from the left. */
function transposed({ shape: [out, inputs], data }: { shape: readonly number[]; data: Float32Array }) {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < out; row++) {
    for (let column = 0; column < inputs; column++) turned[column * out + row] = data[row * inputs + column];
  }
  return { shape: [inputs, out], data: turned };
}

/** The file's bytes; inputs `ids` and `segments` (int64 [1, tokens]), output `logits` [1, C]. */
export function onnxBert(config: BertConfig, weights: Weights, tokens: number): Bytes {
  const epsilon = config.layerNormEpsilon;
  const matrices = [...weights].filter(([path, { shape }]) =>
    shape.length === 2 && !path.startsWith("embeddings")
  );
  const turned = new Map(matrices.map(([path, weight]) => [path, transposed(weight)]));
  const initializers = [...weights].map(([path, weight]) => {
    const { shape, data } = turned.get(path) ?? weight;
    return tensor(path, shape, data);
  });
  initializers.push(
    tensor("positions", [1, tokens], BigInt64Array.from({ length: tokens }, (_, at) => BigInt(at))),
    tensor("first", [], BigInt64Array.of(0n)),
  );
  const nodes = [
    node("Gather", ["embeddings.word", "ids"], "words"),
    node("Gather", ["embeddings.position", "positions"], "places"),
    node("Gather", ["embeddings.segment", "segments"], "kinds"),
    node("Add", ["words", "kinds"], "wordsAndKinds"),
    skipNorm("wordsAndKinds", "places", "embeddings.norm", "", "h0", epsilon),
    ...Array.from({ length: config.numLayers }, (_, layer) => layerNodes(config, layer)).flat(),
    node("Gather", [`h${config.numLayers}`, "first"], "cls", { axis: 1 }),
    node("Gemm", ["cls", "pooler.weight", "pooler.bias"], "dense"),
    node("Tanh", ["dense"], "pooled"),
    node("Gemm", ["pooled", "classifier.weight", "classifier.bias"], "logits"),
  ];
  const classes = weights.get("classifier.bias")!.shape[0];
  const graph = join([
    ...nodes,
    text(2, "bert"),
    ...initializers,
    value(11, "ids", int64Type, [1, tokens]),
    value(11, "segments", int64Type, [1, tokens]),
    value(12, "logits", floatType, [1, classes]),
  ]);
  const opset = (domain: string, version: number) => bytes(8, join([text(1, domain), int(2, version)]));
  return join([int(1, 8), bytes(7, graph), opset("", 17), opset(contrib, 1)]);
}

function skipNorm(
  x: string,
  skip: string,
  norm: string,
  bias: string,
  output: string,
  epsilon: number,
): Bytes {
  const inputs = [x, skip, `${norm}.weight`, `${norm}.bias`, ...(bias ? [bias] : [])];
  return node("SkipLayerNormalization", inputs, output, { epsilon }, contrib);
}

function layerNodes({ numHeads, layerNormEpsilon }: BertConfig, layer: number): Bytes[] {
  const at = (name: string) => `layers.${layer}.${name}`, input = `h${layer}`;
  const norm = (x: string, skip: string, name: string, bias: string, output: string) =>
    skipNorm(x, skip, at(name), at(bias), output, layerNormEpsilon);
  return [
    node(
      "Attention",
      [input, at("qkv.weight"), at("qkv.bias")],
      at("context"),
      { num_heads: numHeads },
      contrib,
    ),
    node("MatMul", [at("context"), at("attentionOutput.weight")], at("mixed")),
    norm(at("mixed"), input, "attentionNorm", "attentionOutput.bias", at("attended")),
    node("MatMul", [at("attended"), at("intermediate.weight")], at("wide")),
    node("BiasGelu", [at("wide"), at("intermediate.bias")], at("bent"), {}, contrib),
    node("MatMul", [at("bent"), at("output.weight")], at("narrow")),
    norm(at("narrow"), at("attended"), "outputNorm", "output.bias", `h${layer + 1}`),
  ];
}
