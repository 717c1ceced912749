/** The operations of `Ops` in float64 on flat arrays, written from their formulas alone; tests compare with them. */

/** `x W^T + b`: x [rows, inputs], weight [outputs, inputs]. */
export function linear(x: number[], weight: number[], bias: number[]): number[] {
  const outputs = bias.length, inputs = weight.length / outputs, rows = x.length / inputs;
  return Array.from({ length: rows * outputs }, (_, at) => {
    const row = Math.floor(at / outputs), out = at % outputs;
    let sum = bias[out];
    for (let i = 0; i < inputs; i++) sum += x[row * inputs + i] * weight[out * inputs + i];
    return sum;
  });
}

/** erf(x) = 2/sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (2n+1)!! (no cancellation). */
export function erf(x: number): number {
  let term = x, sum = x;
  for (let n = 1; n < 200; n++) sum += term *= 2 * x * x / (2 * n + 1);
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}

/** x Phi(x). */
export const gelu = (x: number) => x * (1 + erf(x / Math.SQRT2)) / 2;

/** LayerNorm(x + residual) over the last axis, whose length is that of `weight`. */
export function addLayerNorm(
  x: number[],
  residual: number[],
  weight: number[],
  bias: number[],
  epsilon: number,
): number[] {
  const width = weight.length, out: number[] = [];
  for (let start = 0; start < x.length; start += width) {
    const row = Array.from({ length: width }, (_, i) => x[start + i] + residual[start + i]);
    const mean = row.reduce((a, b) => a + b) / width;
    const variance = row.reduce((total, v) => total + (v - mean) ** 2, 0) / width;
    row.forEach((v, i) => out.push((v - mean) / Math.sqrt(variance + epsilon) * weight[i] + bias[i]));
  }
  return out;
}

/** Softmax of a few numbers. */
export function softmax(scores: number[]): number[] {
  const highest = Math.max(...scores), weights = scores.map((score) => Math.exp(score - highest));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

/** Self-attention: qkv [B, T, 3H], mask [B, T]; padded keys get weight 0. Returns [B, T, H]. */
export function attention(qkv: number[], mask: number[], batch: number, numHeads: number): number[] {
  const length = mask.length / batch, width = qkv.length / mask.length / 3, size = width / numHeads;
  const at = (b: number, t: number, part: number, i: number) =>
    qkv[((b * length + t) * 3 + part) * width + i];
  const out: number[] = Array(batch * length * width).fill(0);
  for (let b = 0; b < batch; b++) {
    for (let head = 0; head < numHeads; head++) {
      const dims = Array.from({ length: size }, (_, i) => head * size + i);
      for (let t = 0; t < length; t++) {
        const scores = Array.from(
          { length },
          (_, s) =>
            mask[b * length + s] === 0
              ? -Infinity
              : dims.reduce((sum, i) => sum + at(b, t, 0, i) * at(b, s, 1, i), 0) / Math.sqrt(size),
        );
        softmax(scores).forEach((weight, s) =>
          dims.forEach((i) => out[(b * length + t) * width + i] += weight * at(b, s, 2, i))
        );
      }
    }
  }
  return out;
}

/** -log softmax(logits)[label], per row. */
export function crossEntropy(logits: number[], labels: number[]): number[] {
  const classes = logits.length / labels.length;
  return labels.map((label, row) =>
    -Math.log(softmax(logits.slice(row * classes, (row + 1) * classes))[label])
  );
}

/** AdamW as PyTorch computes it: decay first, then the bias-corrected step; over the gradients in turn. */
export function adamw(
  param: number[],
  gradients: number[][],
  settings: {
    learningRate: number;
    beta1: number;
    beta2: number;
    epsilon: number;
    weightDecay: number;
  },
): number[] {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = settings;
  const values = [...param], first = param.map(() => 0), second = param.map(() => 0);
  gradients.forEach((gradient, step) =>
    gradient.forEach((g, i) => {
      values[i] *= 1 - learningRate * weightDecay;
      first[i] += (1 - beta1) * (g - first[i]);
      second[i] = beta2 * second[i] + (1 - beta2) * g * g;
      const denominator = Math.sqrt(second[i]) / Math.sqrt(1 - beta2 ** (step + 1)) + epsilon;
      values[i] -= learningRate / (1 - beta1 ** (step + 1)) * first[i] / denominator;
    })
  );
  return values;
}
