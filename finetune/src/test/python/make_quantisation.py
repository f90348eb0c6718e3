"""golden/quantisation: 4-bit block quantisation in NumPy, from the definition used by bitsandbytes and QLoRA."""
import json

import numpy as np
import torch
from safetensors.numpy import save_file
from scipy.stats import norm

from golden import directory

BLOCK, NESTED_BLOCK = 64, 256
NF4 = np.array([-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
                -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
                0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
                0.7229568362236023, 1.0], dtype=np.float32)
FP4_MAGNITUDES = np.array([0, 0.0625, 8, 12, 4, 6, 2, 3], dtype=np.float32) / np.float32(12)
FP4 = np.concatenate([FP4_MAGNITUDES, np.float32(0) - FP4_MAGNITUDES])  # both zeros are positive


def normal_quantiles(offset=0.9677083):
    """Where NF4 comes from: quantiles of the normal distribution, 8 above zero, 7 below, scaled to [-1, 1]."""
    above, below = norm.ppf(np.linspace(offset, 0.5, 9)[:-1]), norm.ppf(np.linspace(offset, 0.5, 8)[:-1])
    return np.sort(np.concatenate([above, [0.0], -below])) / above.max()


def dynamic_map():
    """Signed 8-bit code book: 7 decades, decade i holding 2^i evenly spread midpoints of each sign; then 0 and 1."""
    values = [0.0, 1.0]
    for decade in range(7):
        edges = torch.linspace(0.1, 1, 2 ** decade + 1)
        midpoints = (10.0 ** (decade - 6) * ((edges[:-1] + edges[1:]) / 2)).tolist()
        values += midpoints + [-m for m in midpoints]
    assert len(values) == 256
    return np.array(sorted(values), dtype=np.float32)


def split(values, size):
    """Blocks along the flattened tensor; the last one may be short."""
    return [values[start:start + size] for start in range(0, values.size, size)]


def nearest(values, code):
    """Index of the nearest code; fails when a value lies so near the middle that float32 rounding could decide."""
    distance = np.abs(values.astype(np.float64)[:, None] - code.astype(np.float64))
    ordered = np.sort(distance, axis=1)
    assert (ordered[:, 1] - ordered[:, 0]).min() > 1e-6 * np.abs(values).max(), "ambiguous input, change the seed"
    return distance.argmin(1)


def indices_nf4(scaled):
    return nearest(scaled, NF4)


def indices_fp4(scaled):
    """Bit 3 is the sign, the other three the magnitude's code."""
    return nearest(np.abs(scaled), FP4_MAGNITUDES) + 8 * (scaled < 0)


def quantise(values, to_indices, size):
    absmax = np.array([np.abs(block).max() for block in split(values, size)], dtype=np.float32)
    scaled = values.astype(np.float64) / np.repeat(absmax, size)[:values.size]
    return to_indices(scaled), absmax


def dequantise(indices, code, absmax, size):
    exact = code[indices].astype(np.float64) * np.repeat(absmax.astype(np.float64), size)[:indices.size]
    return exact.astype(np.float32)


def pack(indices, zero):
    """Two per byte, the earlier in the high half; an odd end is filled with the code of zero."""
    even = np.append(indices, zero) if indices.size % 2 else indices
    return (even[0::2] << 4 | even[1::2]).astype(np.uint8)


def case(shape, seed):
    """Weights with outliers and blocks of quite different scale."""
    random = np.random.default_rng(seed)
    size = int(np.prod(shape))
    scale = np.repeat(random.uniform(0.01, 0.2, -(-size // BLOCK)), BLOCK)[:size]
    return (random.standard_normal(size) * scale).astype(np.float32)


def vectors(values, shape, formats):
    found = {"input": values.reshape(shape)}
    for name, code, to_indices, zero in formats:
        indices, absmax = quantise(values, to_indices, BLOCK)
        offset = np.float32(absmax.astype(np.float64).mean())
        nested_indices, nested_absmax = quantise(absmax - offset, lambda x: nearest(x, dynamic_map()), NESTED_BLOCK)
        restored = (dequantise(nested_indices, dynamic_map(), nested_absmax, NESTED_BLOCK) + offset).astype(np.float32)
        found |= {f"{name}.packed": pack(indices, zero), f"{name}.absmax": absmax,
                  f"{name}.dequantised": dequantise(indices, code, absmax, BLOCK).reshape(shape),
                  f"{name}.nested.absmax": nested_indices.astype(np.uint8), f"{name}.nested.nested_absmax": nested_absmax,
                  f"{name}.nested.offset": np.array(offset), f"{name}.nested.restored_absmax": restored,
                  f"{name}.nested.dequantised": dequantise(indices, code, restored, BLOCK).reshape(shape)}
        error = np.abs(found[f"{name}.dequantised"].ravel() - values) / np.repeat(absmax, BLOCK)[:values.size]
        print(f"  {name} {shape}: error at most {error.max():.3f} of absmax, {len(absmax)} blocks, {len(nested_absmax)} nested")
    return found


def published(found, shape):
    """The nested NF4 vectors under the names and shapes of a saved 4-bit checkpoint."""
    state = {"quant_type": "nf4", "blocksize": BLOCK, "dtype": "float32", "shape": list(shape), "nested_blocksize": NESTED_BLOCK,
             "nested_dtype": "float32", "nested_offset": float(found["nf4.nested.offset"])}
    weight = "model.layers.0.mlp.down_proj.weight"
    return {weight: found["nf4.packed"][:, None], weight + ".absmax": found["nf4.nested.absmax"], weight + ".quant_map": NF4,
            weight + ".nested_absmax": found["nf4.nested.nested_absmax"], weight + ".nested_quant_map": dynamic_map(),
            weight + ".quant_state.bitsandbytes__nf4": np.frombuffer(json.dumps(state).encode(), dtype=np.uint8)}


def main():
    assert np.abs(NF4 - normal_quantiles()).max() < 1e-6
    nf4, fp4 = ("nf4", NF4, indices_nf4, 7), ("fp4", FP4, indices_fp4, 0)
    golden = {"code.nf4": NF4, "code.fp4": FP4, "code.dynamic": dynamic_map()}
    small, large = (7, 23), (130, 136)
    golden |= {"small." + key: value for key, value in vectors(case(small, 61), small, [nf4, fp4]).items()}
    found = vectors(case(large, 62), large, [nf4])
    golden |= {"large." + key: value for key, value in found.items()}
    path = directory("quantisation")
    save_file(golden, path / "golden.safetensors")
    save_file(published(found, large), path / "checkpoint.safetensors")


if __name__ == "__main__":
    main()
