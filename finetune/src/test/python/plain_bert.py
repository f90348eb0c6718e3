"""BERT from its definition, with the stop-gradients that define TokenTune."""
import math

import torch
from torch.nn.functional import cross_entropy, gelu, layer_norm, linear


class PlainBert:
    """Works on a map of Hugging Face parameter names; `selected` None means ordinary training."""

    def __init__(self, config, parameters):
        self.config, self.p = config, parameters

    def dense(self, name, x):
        return linear(x, self.p[name + ".weight"], self.p[name + ".bias"])

    def norm(self, name, x):
        return layer_norm(x, x.shape[-1:], self.p[name + ".weight"], self.p[name + ".bias"], self.config.layer_norm_eps)

    def hidden(self, ids, mask, types, selected=None):
        def keep(x):
            return x if selected is None else torch.where(selected.bool()[..., None], x, x.detach())

        def heads(x):
            return x.unflatten(-1, (self.config.num_attention_heads, -1)).transpose(1, 2)

        e = "bert.embeddings."
        x = (self.p[e + "word_embeddings.weight"][ids] + self.p[e + "token_type_embeddings.weight"][types]
             + self.p[e + "position_embeddings.weight"][torch.arange(ids.shape[1])])
        x = keep(self.norm(e + "LayerNorm", x))
        hidden_keys = (mask == 0)[:, None, None, :]
        for layer in range(self.config.num_hidden_layers):
            n = f"bert.encoder.layer.{layer}."
            q = heads(self.dense(n + "attention.self.query", x))
            k = heads(keep(self.dense(n + "attention.self.key", x)))
            v = heads(keep(self.dense(n + "attention.self.value", x)))
            scores = (q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(hidden_keys, -math.inf)
            context = (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)
            x = keep(self.norm(n + "attention.output.LayerNorm", self.dense(n + "attention.output.dense", context) + x))
            inner = gelu(self.dense(n + "intermediate.dense", x))
            x = keep(self.norm(n + "output.LayerNorm", self.dense(n + "output.dense", inner) + x))
        return x

    def logits(self, hidden, weights):
        """`weights` [B,T]: how much each token counts in the pooled row."""
        pooled = torch.einsum("bt,bth->bh", weights.to(hidden.dtype), hidden)
        return self.dense("classifier", torch.tanh(self.dense("bert.pooler.dense", pooled)))

    @staticmethod
    def loss(logits, labels):
        return cross_entropy(logits, labels)


def mean_weights(mask):
    return mask.double() / mask.sum(1, keepdim=True)


def cls_weights(mask):
    weights = torch.zeros_like(mask)
    weights[:, 0] = 1
    return weights
