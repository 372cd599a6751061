"""The student: BERT's shape, small enough to write out, and how a batch of texts goes through it."""
from contextlib import contextmanager

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

POSITIONS = 256
# Word rows are stored as int8 under one scale, which LayerNorm cancels: training keeps them inside what that can hold.
STEP = 0.003
LIMIT = 127 * STEP
# What the matrices of the layers are stored as.
MATRIX = torch.float8_e4m3fn
# What products are computed in. Where the CPU cannot do them in bfloat16, PyTorch does them many times slower than others.
PRODUCTS = torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32


def short_products():
    """A context in which networks compute in PRODUCTS."""
    return torch.autocast("cpu", torch.bfloat16, enabled=PRODUCTS is torch.bfloat16)


def rounded(values):
    """Each row to whole numbers of 1/127 of its largest: what int8 arithmetic makes of it."""
    unit = values.abs().amax(-1, keepdim=True).clamp_min(1e-6) / 127
    return (values / unit).round() * unit


class Layer(nn.Module):
    """One post-norm transformer layer, as BERT has it. `coarse`: its products are given what int8 leaves of a token."""

    coarse = False

    def __init__(self, width, heads, inner):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)

    def given(self, x):
        return x + (rounded(x.detach()) - x.detach()) if self.coarse else x

    def attended(self, x, mask):
        """What the feed-forward block is given."""
        rows, length, width = x.shape
        q, k, v = self.qkv(self.given(x)).view(rows, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        if torch.is_grad_enabled():  # the fused kernel's backward pass is several times slower on a CPU
            weights = (q * (width // self.heads) ** -0.5) @ k.transpose(-1, -2)
            if mask is not None:
                weights = weights.masked_fill(~mask, -1e4)
            mixed = torch.softmax(weights, -1, dtype=q.dtype) @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.norm1(x + self.out(self.given(mixed.transpose(1, 2).reshape(rows, length, width))))

    def forward(self, x, mask):
        x = self.attended(x, mask)
        return self.norm2(x + self.down(self.given(F.gelu(self.up(self.given(x))))))


class Student(nn.Module):
    """Token ids to a mean-pooled vector, not yet of unit length."""

    def __init__(self, vocabulary, width, layers, heads, inner):
        super().__init__()
        self.shape = dict(vocabulary=vocabulary, width=width, layers=layers, heads=heads, inner=inner)
        self.word, self.position = nn.Embedding(vocabulary, width), nn.Embedding(POSITIONS, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(width, heads, inner) for _ in range(layers))
        for table in (self.word, self.position):  # large position vectors would drown the words
            nn.init.normal_(table.weight, std=0.05 if table is self.word else 0.005)
        for layer in self.layers:
            for linear in (layer.qkv, layer.out, layer.up, layer.down):
                nn.init.normal_(linear.weight, std=0.03)
                nn.init.zeros_(linear.bias)

    def forward(self, ids, mask, table=None):
        """`table`: the word rows that `ids` number, if not all of them."""
        words = F.embedding(ids, self.word.weight if table is None else table)
        x = self.norm(words + self.position.weight[:ids.shape[1]])
        if torch.is_autocast_enabled("cpu"):
            x = x.bfloat16()
        visible = None if bool(mask.all()) else mask[:, None, None, :]
        for layer in self.layers:
            x = layer(x, visible)
        weights = mask[..., None].float()
        return (x.float() * weights).sum(1) / weights.sum(1)

    @torch.no_grad()
    def keep_in_range(self):
        self.word.weight.clamp_(-LIMIT, LIMIT)

    @contextmanager
    def as_shipped(self):
        """The network with its numbers as they are stored and run, for gradients that know of it: matrices in 8-bit
        floats and then in int8, words in steps (straight-through estimation, arXiv 1308.3432)."""
        matrices = [linear.weight for layer in self.layers for linear in (layer.qkv, layer.out, layer.up, layer.down)]
        exact = [weight.data for weight in [*matrices, self.word.weight]]
        for matrix in matrices:
            matrix.data = rounded(matrix.data.to(MATRIX).to(matrix.dtype))
        self.word.weight.data = (self.word.weight.data / STEP).round() * STEP
        for layer in self.layers:
            layer.coarse = True
        try:
            yield
        finally:
            for weight, values in zip([*matrices, self.word.weight], exact):
                weight.data = values
            for layer in self.layers:
                layer.coarse = False

    @classmethod
    def from_teacher(cls, teacher, layers, kept):
        """Some layers of a BERT, and the rows of its vocabulary that are kept."""
        config = teacher.config
        student = cls(len(kept), config.hidden_size, len(layers), config.num_attention_heads, config.intermediate_size)
        source = teacher.embeddings
        with torch.no_grad():
            student.word.weight.copy_(source.word_embeddings.weight[torch.as_tensor(kept)])
            student.position.weight.copy_(source.position_embeddings.weight[:POSITIONS] + source.token_type_embeddings.weight[0])
            student.norm.load_state_dict(source.LayerNorm.state_dict())
            for layer, number in zip(student.layers, layers):
                old = teacher.encoder.layer[number]
                for part in ("weight", "bias"):
                    getattr(layer.qkv, part).copy_(torch.cat([getattr(m, part) for m in (
                        old.attention.self.query, old.attention.self.key, old.attention.self.value)]))
                for new, from_ in ((layer.out, old.attention.output.dense), (layer.norm1, old.attention.output.LayerNorm),
                                   (layer.up, old.intermediate.dense), (layer.down, old.output.dense), (layer.norm2, old.output.LayerNorm)):
                    new.load_state_dict(from_.state_dict())
        return student


class Tokens:
    """Token ids of many texts, laid end to end."""

    def __init__(self, lists, separator=3):
        self.lengths = np.array([len(ids) for ids in lists], np.int64)
        self.ids = np.concatenate(lists).astype(np.int64) if lists else np.zeros(0, np.int64)
        self.starts = np.cumsum(self.lengths) - self.lengths
        self.separator = separator

    @classmethod
    def of(cls, tokenizer, texts, separator=3):
        lists = []
        for start in range(0, len(texts), 8192):
            lists += [np.array(e.ids, np.int32) for e in tokenizer.encode_batch_fast(texts[start:start + 8192])]
        return cls(lists, separator)

    def __len__(self):
        return len(self.lengths)

    def padded(self, rows, limit=None):
        """(ids, mask) of some texts, each cut to `limit` tokens, the last of them the separator."""
        lengths = self.lengths[rows] if limit is None else np.minimum(self.lengths[rows], limit)
        column = np.arange(lengths.max())
        mask = column < lengths[:, None]
        ids = np.where(mask, self.ids[np.minimum(self.starts[rows][:, None] + column, len(self.ids) - 1)], 0)
        cut = self.lengths[rows] > lengths
        if cut.any():
            ids[cut, limit - 1] = self.separator
        return torch.from_numpy(ids), torch.from_numpy(mask)


def grouped(lengths, rows, budget):
    """Rows by length, in groups of `budget` tokens, padding included."""
    rows, groups, start = rows[np.argsort(lengths[rows], kind="stable")], [], 0
    while start < len(rows):
        count = 1
        while start + count < len(rows) and (count + 1) * lengths[rows[start + count]] <= budget:
            count += 1
        groups.append(rows[start:start + count])
        start += count
    return groups


def embed(network, tokens, rows, limit=None, budget=1600):
    """Unit vectors of some texts in the order of `rows`, run in groups of alike lengths, `budget` tokens at a time."""
    lengths = tokens.lengths[rows] if limit is None else np.minimum(tokens.lengths[rows], limit)
    order = grouped(lengths, np.arange(len(rows)), budget)
    groups = [tokens.padded(rows[places], limit) for places in order]
    # The word rows are looked up once: their gradient is as large as the whole table, and a group each would be slow.
    unique, numbers = torch.unique(torch.cat([ids.view(-1) for ids, _ in groups]), return_inverse=True)
    numbers = numbers.split([ids.numel() for ids, _ in groups])
    table = network.word(unique)
    out = [network(number.view_as(ids), mask, table) for number, (ids, mask) in zip(numbers, groups)]
    back = np.empty(len(rows), np.int64)
    back[np.concatenate(order)] = np.arange(len(rows))
    return F.normalize(torch.cat(out)[torch.from_numpy(back)], dim=1)


def encode(network, tokens, limit=None):
    """Unit vectors of all texts, without gradients."""
    network.eval()
    out, order = np.zeros((len(tokens), network.shape["width"]), np.float32), np.argsort(tokens.lengths, kind="stable")
    with torch.inference_mode(), short_products():
        for start in range(0, len(order), 512):
            rows = order[start:start + 512]
            out[rows] = embed(network, tokens, rows, limit, 4000).numpy()
    network.train()
    return out


def save(path, student, mean, projection):
    torch.save({"shape": student.shape, "now": student.state_dict(), "mean": mean, "projection": projection.weight.data}, path)


def load(path):
    """The running mean of a checkpoint, and the projection to the teacher's space."""
    checkpoint = torch.load(path)
    student = Student(**checkpoint["shape"])
    student.load_state_dict(checkpoint["mean"])
    projection = nn.Linear(student.shape["width"], 384, bias=False)
    projection.weight.data.copy_(checkpoint["projection"])
    return student, projection
