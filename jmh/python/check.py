"""Checks what the benchmarks of Python compute: run it after a change to plain.py or libraries.py."""
import torch

import bench
import libraries
import plain

FLOAT64 = torch.float64


def close(what, left, right, tolerance):
    error = (left - right).abs().max().item() / max(right.abs().max().item(), 1e-30)
    print(f"{what}: {error:.1e}")
    assert error <= tolerance, f"{what}: {error} > {tolerance}"


def batch(config, rows=3, width=12):
    generator = torch.Generator().manual_seed(2)
    ids = torch.randint(0, config["vocab_size"], (rows, width), generator=generator)
    return ids, ids if config["model_type"] == "llama" else torch.arange(rows) % 2


def weights_of(config):
    """Larger than for training, so that a mistake shows; two heads' keys are shared in the Llama."""
    weights = bench.random_weights(config, torch.device("cpu"), FLOAT64)
    with torch.no_grad():
        for value in weights.values():
            noise = torch.randn(value.shape, dtype=FLOAT64, generator=torch.Generator().manual_seed(3))
            value.mul_(4).add_(noise * 0.02)
    return weights


def gradients(loss, weights):
    return dict(zip(weights, torch.autograd.grad(loss, list(weights.values()), allow_unused=True)))


def against_transformers(name):
    config = bench.shape(name)
    weights = weights_of(config)
    kind = plain.Llama if name.startswith("llama") else plain.Bert
    loss = kind(config, weights).loss(*batch(config))
    theirs = libraries.HuggingFace(config, {key: value.detach().clone() for key, value in weights.items()}, "full",
                                   torch.device("cpu"), FLOAT64)
    other = theirs.loss(*batch(config))
    close(f"{name}: loss", loss, other, 1e-6)  # norms and rotary tables of theirs are float32
    own = gradients(loss, weights)
    other.backward()
    prefix = "" if theirs.causal else "bert."
    for key, value in theirs.model.named_parameters():
        if value.grad is not None and prefix + key in own:
            if not key.endswith("key.bias"):  # zero, as softmax ignores a shift
                close(f"{name}: {key}", own[prefix + key], value.grad, 1e-4)


def recomputation(name):
    config = bench.shape(name)
    weights = weights_of(config)
    kind = plain.Llama if name.startswith("llama") else plain.Bert
    once = gradients(kind(config, weights).loss(*batch(config)), weights)
    again = gradients(kind(config, weights, plain.recomputed).loss(*batch(config)), weights)
    for key, value in once.items():
        if value is not None and value.abs().max() > 1e-12:
            close(f"{name}: recomputed {key}", again[key], value, 1e-12)


class Stopped:
    """TokenTune by its definition: one group, in which everything of an unselected token is detached."""

    def masked(self, x):
        return torch.where(self.mask[..., None], x, x.detach())

    def states(self, ids):
        positions = self.all_positions(ids)
        x = self.masked(self.embed(ids, positions))
        for layer in self.layers:
            k, v = self.keys_values(layer, x, positions)
            keep = self.mask[:, None, :, None]
            k, v = torch.where(keep, k, k.detach()), torch.where(keep, v, v.detach())
            x = self.masked(self.rest(layer, x, k, v, positions, None, self.causal))
        return x


class StoppedBert(Stopped, plain.Bert):
    pass


class StoppedLlama(Stopped, plain.Llama):
    def loss(self, ids, labels, selected=None):
        targets = torch.where(self.mask[:, :-1], labels[:, 1:], -100)
        logits = self.dense("lm_head", self.norm("model.norm", self.states(ids)))[:, :-1]
        return torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), targets.flatten())


def tokentune(name):
    config = bench.shape(name)
    weights = weights_of(config)
    ids, labels = batch(config)
    torch.manual_seed(4)
    selected = plain.selection(ids, 0.3)
    kind, definition = (plain.Llama, StoppedLlama) if name.startswith("llama") else (plain.Bert, StoppedBert)
    loss = kind(config, weights).loss(ids, labels, selected)
    model = definition(config, weights)
    model.mask = torch.zeros(ids.shape, dtype=torch.bool).scatter(1, selected, True)
    expected = model.loss(ids, labels)
    close(f"{name}: tokentune loss", loss, expected, 1e-6)
    own, wanted = gradients(loss, weights), gradients(expected, weights)
    for key, value in wanted.items():
        if value is not None and value.abs().max() > 1e-12:
            close(f"{name}: tokentune {key}", own[key], value, 1e-6)


def meft(kind):
    """The reversible stack against the same two streams kept by autograd."""
    config = bench.shape("bert-tiny")
    weights = weights_of(config)
    torch.manual_seed(5)
    model = plain.MeftBert(config, weights, kind, 8)
    ids, labels = batch(config)
    model.loss(ids, labels).backward()
    reversible = {key: value.grad.clone() for key, value in weights.items() if value.grad is not None}
    for value in weights.values():
        value.grad = None

    first = second = model.embed(ids, model.all_positions(ids)).detach()
    scale, other = model.factors
    for layer in model.layers:
        f, g = model.functions(layer)
        first = scale * first + f(second)
        second = other * second + g(first)
        if kind != 3:
            first, second = second, first
    logits = model.dense("classifier", ((first + second) / 2)[:, 0])
    torch.nn.functional.cross_entropy(logits.float(), labels).backward()
    assert reversible.keys() == {key for key, value in weights.items() if value.grad is not None}
    for key, value in reversible.items():
        close(f"meft{kind}: {key}", value, weights[key].grad, 1e-5)


if __name__ == "__main__":
    for shape in ("bert-tiny", "llama-tiny"):
        against_transformers(shape)
        recomputation(shape)
        tokentune(shape)
    for number in (1, 2, 3):
        meft(number)
    print("all as they should be")
