"""The training step of the tiny model in PyTorch: prints tokens per second. Argument: threads."""

import math
import sys
import time

import torch
from torch.nn.functional import cross_entropy, silu

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)

HIDDEN, INNER, LAYERS, HEADS, VOCABULARY = 128, 352, 4, 4, 192
ROWS, LENGTH = 4, 256
SIZE = HIDDEN // HEADS
STEPS = 12


def matrix(*shape):
    return (torch.randn(*shape) * 0.02).requires_grad_()


def ones():
    return torch.ones(HIDDEN, requires_grad=True)


def layer():
    """Norm, queries with keys and values, output; norm, gate with up, down."""
    attention = [ones(), matrix(3 * HIDDEN, HIDDEN), matrix(HIDDEN, HIDDEN)]
    return attention + [ones(), matrix(2 * INNER, HIDDEN), matrix(HIDDEN, INNER)]


embedding, final_norm = matrix(VOCABULARY, HIDDEN), ones()
layers = [layer() for _ in range(LAYERS)]
parameters = [embedding, final_norm] + [tensor for tensors in layers for tensor in tensors]
optimizer = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)

frequencies = torch.exp(-math.log(1e4) / (SIZE // 2) * torch.arange(SIZE // 2).float())
angles = torch.arange(LENGTH).float()[:, None] * frequencies
cosines, sines = angles.cos()[None, :, None, :], angles.sin()[None, :, None, :]
mask = torch.triu(torch.full((LENGTH, LENGTH), -1e9), 1)


def norm(x, weight):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5) * weight


def heads(x):
    return x.reshape(ROWS, LENGTH, HEADS, SIZE)


def rotate(x):
    low, high = heads(x).chunk(2, -1)
    return torch.cat([low * cosines - high * sines, high * cosines + low * sines], -1).transpose(1, 2)


def loss(tokens, targets):
    x = embedding[tokens].reshape(ROWS * LENGTH, HIDDEN)
    for attention_norm, query_key_value, out, mlp_norm, gate_up, down in layers:
        query, key, value = (norm(x, attention_norm) @ query_key_value.T).split(HIDDEN, -1)
        scores = rotate(query) @ rotate(key).transpose(-1, -2) / math.sqrt(SIZE) + mask
        mixed = scores.softmax(-1) @ heads(value).transpose(1, 2)
        x = x + mixed.transpose(1, 2).reshape(ROWS * LENGTH, HIDDEN) @ out.T
        gate, up = (norm(x, mlp_norm) @ gate_up.T).chunk(2, -1)
        x = x + (silu(gate) * up) @ down.T
    return cross_entropy(norm(x, final_norm) @ embedding.T, targets)


tokens = torch.randint(0, VOCABULARY, (ROWS, LENGTH))
targets = torch.randint(0, VOCABULARY, (ROWS * LENGTH,))
best = math.inf
for _ in range(STEPS):
    start = time.perf_counter()
    optimizer.zero_grad()
    loss(tokens, targets).backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
    best = min(best, time.perf_counter() - start)
print(ROWS * LENGTH / best)
