"""Writes how PyTorch prints tensors: printing.safetensors holds them, printing.txt their texts.

Names tell what the file format cannot: `.grad` requires a gradient, `.complex` has the pairs of complex numbers.
"""
from pathlib import Path

import torch
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parent.parent / "resources" / "golden"
INF, NAN = float("inf"), float("nan")


def cases():
    random = torch.Generator().manual_seed(7)

    def randn(*shape):
        return torch.randn(shape, generator=random)

    yield "whole", torch.tensor([1.0, 2.0, -3.0])
    yield "whole-large", torch.tensor([12345678.0, 1.0e5])
    yield "whole-scientific", torch.tensor([1e8, 1.0, -5000.0])
    yield "fractions", torch.tensor([[1.5, -2.25], [1000.125, 3.0]])
    yield "ratio-1000", torch.tensor([0.001, 1.0])
    yield "ratio-above-1000", torch.tensor([0.001, 1.1])
    yield "small", torch.tensor([0.00009, 0.5e-4])
    yield "not-small", torch.tensor([0.0001, 0.02])
    yield "large-fractions", torch.tensor([100000.5, 99999.25, 300.0])
    yield "scientific-long-exponent", torch.tensor([1e-120, 2.5e101, -1.0], dtype=torch.float64)
    yield "halves-round-to-even", torch.tensor([0.00005, 0.03125, 0.15625, 2.03125, -0.09375], dtype=torch.float64)
    yield "scientific-rounds-up", torch.tensor([9.99996, 99999.6, 1e-3], dtype=torch.float64)
    yield "negative-zero", torch.tensor([-0.0, 0.0, 1.5])
    yield "negative-zero-whole", torch.tensor([-0.0, 0.0, 10.0])
    yield "rounds-to-zero", torch.tensor([-0.0004, 0.3, 0.00031])
    yield "not-finite", torch.tensor([NAN, INF, -INF])
    yield "not-finite-whole", torch.tensor([NAN, INF, -1.0, 250.0])
    yield "not-finite-fractions", torch.tensor([[NAN, 0.5], [-INF, -12.25]])
    yield "not-finite-scientific", torch.tensor([NAN, 1e-7, -INF])
    yield "zeros-overrun-the-line", torch.zeros(60)
    yield "scalar", torch.tensor(2.5)
    yield "scalar-whole", torch.tensor(-7.0)
    yield "scalar-large", torch.tensor(1e10)
    yield "scalar-int64", torch.tensor(42)
    yield "scalar-bool", torch.tensor(True)
    yield "scalar-nan-float64", torch.tensor(NAN, dtype=torch.float64)
    yield "empty", torch.empty(0)
    yield "empty-matrix", torch.empty(2, 0)
    yield "empty-int64", torch.empty(0, dtype=torch.int64)
    yield "empty-bool-matrix", torch.empty(0, 3, dtype=torch.bool)
    yield "int64", torch.tensor([[1, -20], [300, 4]])
    yield "int64-extremes", torch.tensor([2**63 - 1, -(2**63)])
    yield "uint64", torch.tensor([2**64 - 1, 1], dtype=torch.uint64)
    yield "bool", torch.tensor([[True, False], [False, False]])
    for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.uint16, torch.uint32):
        yield f"{dtype}".removeprefix("torch."), torch.tensor([0, 7, 100], dtype=dtype)
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        yield f"{dtype}".removeprefix("torch."), torch.tensor([0.1, -2.0, 3.3], dtype=dtype)
    for dtype in (torch.float8_e5m2, torch.float8_e4m3fn):
        yield f"{dtype}".removeprefix("torch."), torch.tensor([0.5, -2.0, 1.75]).to(dtype)
    yield "three-dimensions", randn(2, 3, 4)
    yield "four-dimensions", torch.arange(16).reshape(2, 2, 2, 2)
    yield "several-lines", randn(25)
    yield "several-lines-matrix", randn(2, 20).double()
    yield "exactly-1000", torch.arange(1000).reshape(10, 100)
    yield "abridged", torch.arange(1001)
    yield "abridged-floats", randn(2000)
    yield "abridged-zeros", torch.zeros(1001)
    yield "abridged-matrix", randn(40, 30)
    yield "abridged-rows-only", randn(300, 5)
    yield "abridged-columns-only", randn(4, 400) > 0
    yield "abridged-three-dimensions", torch.arange(12 * 11 * 10, dtype=torch.int32).reshape(12, 11, 10)
    yield "abridged-middle-decides-nothing", torch.cat([torch.ones(600), torch.tensor([1e-9]), torch.ones(600)])
    yield "grad.grad", torch.tensor([1.5, 2.0])
    yield "suffix-on-its-own-line.grad", torch.tensor([0.25, 0.5, 0.75, 1.25, 2.5, 3.5, 4.5]).double()
    yield "vector.complex", torch.tensor([[1.0, 2.0], [3.5, -1e-9], [-0.0, -0.0]])
    yield "scalar.complex", torch.tensor([1.5, -2.0]).double()
    yield "matrix.complex", randn(2, 3, 2)


tensors, texts = {}, []
for name, tensor in cases():
    assert name not in tensors
    tensors[name] = tensor
    shown = torch.view_as_complex(tensor) if name.endswith(".complex") else tensor
    if name.endswith(".grad"):
        shown = shown.clone().requires_grad_()
    texts.append(f"=== {name}\n{shown!r}\n")
save_file(tensors, ROOT / "printing.safetensors")
(ROOT / "printing.txt").write_text("".join(texts))
