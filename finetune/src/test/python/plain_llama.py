"""Llama from its definition, with optional LoRA and the stop-gradients that define TokenTune."""
import math

import torch
from torch.nn.functional import cross_entropy, linear, silu

from golden import IGNORED


class PlainLlama:
    """`adapters` maps a module name to its (A, B); `selected` None means ordinary training."""

    def __init__(self, config, parameters, adapters=None, scale=1.0):
        self.config, self.p, self.adapters, self.scale = config, parameters, adapters or {}, scale

    def dense(self, name, x):
        y = linear(x, self.p[name + ".weight"])
        if name in self.adapters:
            a, b = self.adapters[name]
            y = y + self.scale * linear(linear(x, a), b)
        return y

    def norm(self, name, x):
        return x / (x.square().mean(-1, keepdim=True) + self.config.rms_norm_eps).sqrt() * self.p[name + ".weight"]

    def rotate(self, x):
        """Pairs (i, i + d/2) turn by position * theta^(-2i/d)."""
        half = x.shape[-1] // 2
        theta = self.config.rope_parameters["rope_theta"]
        frequency = theta ** (-torch.arange(half, dtype=torch.float64) / half)
        angle = torch.arange(x.shape[-2], dtype=torch.float64)[:, None] * frequency
        left, right = x[..., :half], x[..., half:]
        return torch.cat([left * angle.cos() - right * angle.sin(), right * angle.cos() + left * angle.sin()], -1)

    def logits(self, ids, mask, selected=None):
        def keep(x):
            return x if selected is None else torch.where(selected.bool()[..., None], x, x.detach())

        def heads(x, count):
            return x.unflatten(-1, (count, -1)).transpose(1, 2)

        c, length = self.config, ids.shape[1]
        allowed = torch.ones(length, length).tril().bool() & (mask == 1)[:, None, None, :]
        x = keep(self.p["model.embed_tokens.weight"][ids])
        for layer in range(c.num_hidden_layers):
            n = f"model.layers.{layer}."
            u = self.norm(n + "input_layernorm", x)
            q = self.rotate(heads(self.dense(n + "self_attn.q_proj", u), c.num_attention_heads))
            k = self.rotate(heads(keep(self.dense(n + "self_attn.k_proj", u)), c.num_key_value_heads))
            v = heads(keep(self.dense(n + "self_attn.v_proj", u)), c.num_key_value_heads)
            group = c.num_attention_heads // c.num_key_value_heads
            k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
            scores = (q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(~allowed, -math.inf)
            context = (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)
            x = keep(x + self.dense(n + "self_attn.o_proj", context))
            u = self.norm(n + "post_attention_layernorm", x)
            inner = silu(self.dense(n + "mlp.gate_proj", u)) * self.dense(n + "mlp.up_proj", u)
            x = keep(x + self.dense(n + "mlp.down_proj", inner))
        return self.dense("lm_head", self.norm("model.norm", x))

    @staticmethod
    def loss(logits, labels, selected=None):
        """Position j predicts token j+1; with `selected`, only selected positions j count."""
        targets = labels[:, 1:]
        if selected is not None:
            targets = torch.where(selected[:, :-1].bool(), targets, IGNORED)
        return cross_entropy(logits[:, :-1].flatten(0, 1), targets.flatten(), ignore_index=IGNORED)
