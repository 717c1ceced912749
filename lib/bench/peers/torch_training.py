"""PyTorch's side of the training benchmark: the same BERT, batch and AdamW, eager, in float32.

Started with a shape as JSON; answers every line on standard input ({"steps": n}) with one line of JSON: milliseconds
of n steps. Nothing of this is in the users' install path.
"""
import json
import os
import sys
import time

threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(threads)
torch.set_num_interop_threads(1)
torch.manual_seed(0)


class Layer(nn.Module):
    """A post-LN BERT layer; query, key and value in one product, attention through PyTorch's own fused kernel."""

    def __init__(self, hidden, heads, intermediate):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.output = nn.Linear(hidden, hidden)
        self.attention_norm = nn.LayerNorm(hidden, 1e-12)
        self.up = nn.Linear(hidden, intermediate)
        self.down = nn.Linear(intermediate, hidden)
        self.norm = nn.LayerNorm(hidden, 1e-12)

    def forward(self, x, mask):
        batch, tokens, hidden = x.shape
        q, k, v = self.qkv(x).view(batch, tokens, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.attention_norm(x + self.output(mixed.transpose(1, 2).reshape(batch, tokens, hidden)))
        return self.norm(x + self.down(F.gelu(self.up(x))))


class Bert(nn.Module):
    def __init__(self, s):
        super().__init__()
        hidden = s["hiddenSize"]
        self.words = nn.Embedding(s["vocabSize"], hidden)
        self.positions = nn.Embedding(s["maxPositions"], hidden)
        self.segments = nn.Embedding(2, hidden)
        self.norm = nn.LayerNorm(hidden, 1e-12)
        self.layers = nn.ModuleList(Layer(hidden, s["numHeads"], s["intermediateSize"]) for _ in range(s["numLayers"]))
        self.pooler = nn.Linear(hidden, hidden)
        self.classifier = nn.Linear(hidden, 2)

    def forward(self, ids, segments, mask):
        positions = torch.arange(ids.shape[1])
        x = self.norm(self.words(ids) + self.positions(positions) + self.segments(segments))
        for layer in self.layers:
            x = layer(x, mask)
        return self.classifier(torch.tanh(self.pooler(x[:, 0])))


def main():
    s = json.loads(sys.argv[1])
    model = Bert(s)
    frozen = [] if s["trainEmbeddings"] else [model.words, model.positions, model.segments]
    for module in frozen:
        module.weight.requires_grad_(False)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01, fused=True)
    ids = torch.randint(s["vocabSize"], (s["batchSize"], s["tokens"]))
    segments = torch.zeros_like(ids)
    mask = torch.zeros(s["batchSize"], 1, 1, s["tokens"])
    labels = torch.arange(s["batchSize"]) % 2

    def step():
        loss = F.cross_entropy(model(ids, segments, mask), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        return loss.item()

    print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(json.loads(line)["steps"]):
            started = time.perf_counter()
            step()
            times.append(1000 * (time.perf_counter() - started))
        print(json.dumps({"ms": times}), flush=True)


main()
