"""Shared by the generators of the golden files: random models, ragged batches, exact arithmetic, output."""
import contextlib
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers.utils import logging

ROOT = Path(__file__).resolve().parent.parent / "resources" / "golden"
IGNORED = -100
MAX_DIRECTORY_BYTES = 400_000
logging.disable_progress_bar()


def directory(name):
    """An empty directory for one golden set."""
    path = ROOT / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def save_model(model, name, seed):
    """Randomises a freshly built model, saves it in float32 and returns the directory."""
    randomise(model, seed)
    path = directory(name)
    model.save_pretrained(path)
    (path / "generation_config.json").unlink(missing_ok=True)
    return path


def randomise(model, seed):
    """Weights far from the usual initialisation, so that a forgotten bias, gain or transposition shows."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            is_gain = "norm" in name.lower() and name.endswith("weight")
            parameter.copy_(1 + 0.3 * noise if is_gain else 0.22 * noise)


@contextlib.contextmanager
def exact():
    """Model code asks for float32 in norms, rotary tables, softmax and losses; inside this block it gets float64."""
    saved = torch.float32, torch.float, torch.Tensor.float
    torch.float32 = torch.float = torch.float64
    torch.Tensor.float = torch.Tensor.double
    try:
        yield
    finally:
        torch.float32, torch.float, torch.Tensor.float = saved


def load_double(model_class, path):
    """The saved model in float64, in evaluation mode, its rotary tables computed in float64 too."""
    model = model_class.from_pretrained(path, attn_implementation="eager").double().eval()
    for module in list(model.modules()):
        if hasattr(module, "rotary_emb"):
            with exact():
                module.rotary_emb = type(module.rotary_emb)(config=model.config)
    return model


def ragged(lengths, vocabulary, seed, first_id=4, pad=0):
    """Right-padded ids and mask; no real token carries a special id."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.full((len(lengths), max(lengths)), pad)
    mask = torch.zeros_like(ids)
    for row, length in enumerate(lengths):
        ids[row, :length] = torch.randint(first_id, vocabulary, (length,), generator=generator)
        mask[row, :length] = 1
    return ids, mask


def gradients(loss, parameters, prefix):
    """`prefix + name` to gradient; parameters without a path to the loss get zeros."""
    names, tensors = zip(*dict(parameters).items())
    found = torch.autograd.grad(loss, tensors, allow_unused=True)
    return {prefix + name: torch.zeros_like(tensor) if grad is None else grad
            for name, tensor, grad in zip(names, tensors, found)}


def leaves(model):
    """Detached float64 copies of a model's parameters for the plain re-implementations."""
    return {name: value.detach().clone().requires_grad_() for name, value in model.named_parameters()}


def difference(left, right):
    """Largest absolute difference between two tensors or two equally keyed maps of tensors."""
    if isinstance(left, dict):
        assert left.keys() == right.keys(), left.keys() ^ right.keys()
        return max(difference(left[key], right[key]) for key in left)
    return (left - right).abs().max().item()


def check(what, left, right, tolerance=1e-12):
    error = difference(left, right)
    print(f"  {what}: {error:.1e}")
    assert error <= tolerance, f"{what}: {error} > {tolerance}"


def save(path, tensors, name="golden.safetensors"):
    """Integers stay; scalars stay float64; every other real tensor is rounded once, to float32."""
    def stored(value):
        value = torch.as_tensor(value).detach()
        narrow = value.dtype == torch.float64 and value.dim() > 0
        return (value.to(torch.float32) if narrow else value).clone().contiguous()
    save_file({key: stored(value) for key, value in tensors.items()}, path / name)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    print(f"{path.name}: {len(tensors)} tensors, directory {size // 1000} kB")
    assert size < MAX_DIRECTORY_BYTES, f"{path} has {size} bytes"
