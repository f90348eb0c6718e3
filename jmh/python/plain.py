"""BERT and Llama in plain PyTorch, and what TokenTune, MEFT and recomputation do to them, from their definitions.

A model works on a map of Hugging Face's parameter names. `policy` runs a block: as it is, or again in the backward
pass.
"""
import torch
from torch.nn.functional import (cross_entropy, embedding, gelu, layer_norm, linear, rms_norm,
                                 scaled_dot_product_attention, silu)
from torch.utils.checkpoint import checkpoint


def kept(block, *inputs):
    return block(*inputs)


def recomputed(block, *inputs):
    return checkpoint(block, *inputs, use_reentrant=False)


class Transformer:
    """What both have in common: heads, attention, and TokenTune's two groups of tokens."""

    def __init__(self, config, parameters, policy=kept):
        self.config, self.p, self.policy = config, parameters, policy
        self.heads = config["num_attention_heads"]
        self.key_heads = config.get("num_key_value_heads", self.heads)
        self.layers = range(config["num_hidden_layers"])

    def dense(self, name, x):
        return linear(x, self.p[name + ".weight"], self.p.get(name + ".bias"))

    @staticmethod
    def split(x, count):
        return x.unflatten(-1, (count, -1)).transpose(1, 2)

    def gather(self, q, k, v, mask, causal):
        grouped = q.shape[1] != k.shape[1]
        context = scaled_dot_product_attention(q, k, v, mask, is_causal=causal, enable_gqa=grouped)
        return context.transpose(1, 2).flatten(2)

    def all_positions(self, ids):
        return torch.arange(ids.shape[1], device=ids.device).expand(ids.shape)

    def states(self, ids):
        positions = self.all_positions(ids)
        x = self.embed(ids, positions)
        for layer in self.layers:
            x = self.policy(lambda y, n=layer: self.block(n, y, positions), x)
        return x

    def block(self, layer, x, positions):
        k, v = self.keys_values(layer, x, positions)
        return self.rest(layer, x, k, v, positions, None, self.causal)

    def states_of_selected(self, ids, selected):
        """The states of the selected positions [B, S]. All others are constants: nothing of theirs has a gradient."""
        others = unselected(ids, selected)
        chosen_mask, other_mask = self.masks(selected, others)
        x = self.embed(ids.gather(1, selected), selected)
        with torch.no_grad():
            u = self.embed(ids.gather(1, others), others)
        for layer in self.layers:
            k, v = self.keys_values(layer, x, selected)
            with torch.no_grad():
                ku, vu = self.keys_values(layer, u, others)
            k, v = torch.cat([ku, k], 2), torch.cat([vu, v], 2)
            following = self.rest(layer, x, k, v, selected, chosen_mask, False)
            if layer != self.layers[-1]:
                with torch.no_grad():
                    u = self.rest(layer, u, k.detach(), v.detach(), others, other_mask, False)
            x = following
        return x

    def masks(self, selected, others):
        """Which keys, those of others first, a query may look at; None for all."""
        if not self.causal:
            return None, None
        keys = torch.cat([others, selected], 1)
        return tuple((queries[:, :, None] >= keys[:, None, :])[:, None] for queries in (selected, others))


class Bert(Transformer):
    causal = False
    block_name = "bert.encoder.layer.{}."

    def norm(self, name, x):
        gain, bias = self.p[name + ".weight"], self.p[name + ".bias"]
        return layer_norm(x, x.shape[-1:], gain, bias, self.config["layer_norm_eps"])

    def embed(self, ids, positions):
        e = "bert.embeddings."
        words = embedding(ids, self.p[e + "word_embeddings.weight"])
        places = embedding(positions, self.p[e + "position_embeddings.weight"])
        return self.norm(e + "LayerNorm", words + places + self.p[e + "token_type_embeddings.weight"][0])

    def keys_values(self, layer, x, positions):
        n = self.block_name.format(layer) + "attention.self."
        return self.split(self.dense(n + "key", x), self.heads), self.split(self.dense(n + "value", x), self.heads)

    def attention(self, layer, x, k, v, mask):
        """Up to the residual sum. MEFT puts an adapter after it."""
        n = self.block_name.format(layer) + "attention."
        q = self.split(self.dense(n + "self.query", x), self.heads)
        return self.dense(n + "output.dense", self.gather(q, k, v, mask, False))

    def feed_forward(self, layer, x):
        n = self.block_name.format(layer)
        return self.dense(n + "output.dense", gelu(self.dense(n + "intermediate.dense", x)))

    def rest(self, layer, x, k, v, positions, mask, causal):
        n = self.block_name.format(layer)
        x = self.norm(n + "attention.output.LayerNorm", x + self.attention(layer, x, k, v, mask))
        return self.norm(n + "output.LayerNorm", x + self.feed_forward(layer, x))

    def loss(self, ids, labels, selected=None):
        x = self.states(ids) if selected is None else self.states_of_selected(ids, selected)
        return cross_entropy(self.dense("classifier", x[:, 0]).float(), labels)


class Llama(Transformer):
    causal = True
    block_name = "model.layers.{}."

    def norm(self, name, x):
        return rms_norm(x, x.shape[-1:], self.p[name + ".weight"], self.config["rms_norm_eps"])

    def embed(self, ids, positions):
        return embedding(ids, self.p["model.embed_tokens.weight"])

    def turned(self, x, positions):
        """Pairs (i, i + d/2) turn by position times theta^(-2i/d)."""
        half = x.shape[-1] // 2
        frequency = self.config["rope_theta"] ** (-torch.arange(half, device=x.device, dtype=torch.float32) / half)
        angle = (positions[..., None] * frequency)[:, None]
        cosine, sine = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        left, right = x[..., :half], x[..., half:]
        return torch.cat([left * cosine - right * sine, right * cosine + left * sine], -1)

    def keys_values(self, layer, x, positions):
        n = self.block_name.format(layer)
        x = self.norm(n + "input_layernorm", x)
        k = self.split(self.dense(n + "self_attn.k_proj", x), self.key_heads)
        return self.turned(k, positions), self.split(self.dense(n + "self_attn.v_proj", x), self.key_heads)

    def rest(self, layer, x, k, v, positions, mask, causal):
        n = self.block_name.format(layer)
        q = self.split(self.dense(n + "self_attn.q_proj", self.norm(n + "input_layernorm", x)), self.heads)
        x = x + self.dense(n + "self_attn.o_proj", self.gather(self.turned(q, positions), k, v, mask, causal))
        y = self.norm(n + "post_attention_layernorm", x)
        inner = silu(self.dense(n + "mlp.gate_proj", y)) * self.dense(n + "mlp.up_proj", y)
        return x + self.dense(n + "mlp.down_proj", inner)

    def loss(self, ids, labels, selected=None):
        """Every position with a successor predicts it; with `selected`, only those selected."""
        if selected is None:
            x, targets = self.states(ids)[:, :-1], labels[:, 1:]
        else:
            x = self.states_of_selected(ids, selected)
            following = (selected + 1).clamp(max=ids.shape[1] - 1)
            targets = labels.gather(1, following).masked_fill(selected == ids.shape[1] - 1, -100)
        head = "lm_head" if "lm_head.weight" in self.p else "model.embed_tokens"
        logits = self.dense(head, self.norm("model.norm", x))
        return cross_entropy(logits.float().flatten(0, 1), targets.flatten())


class MeftBert(Bert):
    """Reversible fine-tuning: two streams, from whose last states all earlier ones are computed back.

    `kind` 1: a block and an adapter; 2: an adapter and a block; 3: the attention part and the feed-forward part.
    Adapters of width `width` and the classifier are trained, nothing else.
    """
    FACTORS = {1: (0.1, 1.0), 2: (1.0, 0.1), 3: (0.1, 0.1)}

    def __init__(self, config, parameters, kind, width=8):
        super().__init__(config, parameters)
        self.kind, self.factors, first = kind, self.FACTORS[kind], next(iter(parameters.values()))
        for name, parameter in parameters.items():
            parameter.requires_grad_(name.startswith("classifier"))
        hidden = config["hidden_size"]
        for layer in self.layers:
            for place in ("first", "second"):
                for side, shape in (("down", (width, hidden)), ("up", (hidden, width))):
                    matrix = torch.randn(shape, device=first.device) * config["initializer_range"]
                    parameters[f"adapter.{layer}.{place}.{side}.weight"] = matrix.to(first.dtype).requires_grad_()
                    bias = torch.zeros(shape[0], device=first.device, dtype=first.dtype)
                    parameters[f"adapter.{layer}.{place}.{side}.bias"] = bias.requires_grad_()

    def adapter(self, layer, place, x):
        n = f"adapter.{layer}.{place}."
        return self.dense(n + "up", gelu(self.dense(n + "down", x)))

    def attention_part(self, layer, x, adapted):
        k, v = self.keys_values(layer, x, None)
        z = self.attention(layer, x, k, v, None)
        z = z + self.adapter(layer, "first", z) if adapted else z
        return self.norm(self.block_name.format(layer) + "attention.output.LayerNorm", z + x)

    def feed_forward_part(self, layer, x):
        y = self.feed_forward(layer, x) + self.adapter(layer, "second", x) + x
        return self.norm(self.block_name.format(layer) + "output.LayerNorm", y)

    def functions(self, layer):
        """F and G of a layer."""
        def whole(x):
            return self.feed_forward_part(layer, self.attention_part(layer, x, False))

        def alone(x):
            return self.adapter(layer, "first", x)

        def upper(x):
            return self.attention_part(layer, x, True)

        def lower(x):
            return self.feed_forward_part(layer, x)

        return {1: (whole, alone), 2: (alone, whole), 3: (upper, lower)}[self.kind]

    def trained(self):
        return [parameter for parameter in self.p.values() if parameter.requires_grad]

    def states(self, ids):
        x = self.embed(ids, self.all_positions(ids))
        # Autograd calls what is reversible only for an input that asks for a gradient.
        return ReversibleStack.apply(self, x.detach().requires_grad_())


class ReversibleStack(torch.autograd.Function):
    """Both streams begin as the same states; the result is their mean."""

    @staticmethod
    def forward(context, model, x):
        first = second = x
        scale, other = model.factors
        with torch.no_grad():
            for layer in model.layers:
                f, g = model.functions(layer)
                first = scale * first + f(second)
                second = other * second + g(first)
                if model.kind != 3:
                    first, second = second, first
        context.model = model
        context.save_for_backward(first, second)
        return (first + second) / 2

    @staticmethod
    def backward(context, gradient):
        model, (first, second) = context.model, context.saved_tensors
        scale, other = model.factors
        d_first = d_second = gradient / 2
        for layer in reversed(model.layers):
            f, g = model.functions(layer)
            if model.kind != 3:
                first, second, d_first, d_second = second, first, d_second, d_first
            value, back = through(g, first, d_second)
            second, d_first = (second - value) / other, d_first + back
            value, back = through(f, second, d_first)
            first = (first - value) / scale
            d_first, d_second = scale * d_first, other * d_second + back
        return None, d_first + d_second


def through(function, x, gradient):
    """Runs a function again; adds to its parameters' gradients. Returns its value and the gradient of its input."""
    with torch.enable_grad():
        leaf = x.detach().requires_grad_()
        value = function(leaf)
        value.backward(gradient)
    return value.detach(), leaf.grad


def unselected(ids, selected):
    """The other positions, ascending [B, T - S]."""
    free = torch.ones(ids.shape, dtype=torch.bool, device=ids.device).scatter(1, selected, False)
    return free.nonzero()[:, 1].view(ids.shape[0], -1)


def selection(ids, share):
    """The first position and, drawn at random, a share of the others, ascending [B, S]."""
    rows, length = ids.shape
    count = round(share * (length - 1))
    drawn = torch.rand(rows, length - 1, device=ids.device).argsort(1)[:, :count] + 1
    return torch.cat([torch.zeros(rows, 1, dtype=torch.long, device=ids.device), drawn], 1).sort(1).values
