"""golden/llama-nf4, golden/qwen2-fp4: models in bitsandbytes' 4-bit format, quantised in NumPy by definition.

With arguments, restores the matrices of directories that someone else wrote, by definition, and compares them with
those in golden: python make_four_bits.py llama-nf4=/some/directory
"""
import importlib.metadata
import json
import shutil
import sys
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from peft import PeftModel
from safetensors.numpy import load_file, save_file
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

from golden import ROOT, check, directory, exact, gradients, load_double, save
from make_decoders import batch
from make_quantisation import (BLOCK, FP4, NESTED_BLOCK, NF4, dequantise, dynamic_map, indices_fp4, indices_nf4,
                               nearest, pack, quantise)

LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
CODES = {"nf4": NF4, "fp4": FP4}
MODELS = {
    "llama-nf4": ("llama", "llama-lora", dict(bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
                                              bnb_4bit_compute_dtype="float32")),
    "qwen2-fp4": ("qwen2", None, dict(bnb_4bit_quant_type="fp4", bnb_4bit_use_double_quant=False,
                                      bnb_4bit_compute_dtype="float32")),
}


def config(settings):
    """As Transformers itself writes it; it insists on an installed bitsandbytes, of which only the version is asked."""
    version = importlib.metadata.version
    with mock.patch("importlib.metadata.version", lambda name: "0.49.0" if name == "bitsandbytes" else version(name)):
        return BitsAndBytesConfig(load_in_4bit=True, **settings).to_dict()


def is_linear(name):
    return name.endswith(".weight") and name.split(".")[-2] in LINEAR


def four_bits(name, matrix, settings):
    """The tensors that stand for one matrix."""
    kind = settings["bnb_4bit_quant_type"]
    values = matrix.ravel()
    indices, absmax = quantise(values, indices_nf4 if kind == "nf4" else indices_fp4, BLOCK)
    state = {"quant_type": kind, "blocksize": BLOCK, "dtype": "float32", "shape": list(matrix.shape)}
    found = {name: pack(indices, 7 if kind == "nf4" else 0)[:, None], name + ".absmax": absmax,
             name + ".quant_map": CODES[kind]}
    if settings["bnb_4bit_use_double_quant"]:
        offset = np.float32(absmax.astype(np.float64).mean())
        codes, nested_absmax = quantise(absmax - offset, lambda x: nearest(x, dynamic_map()), NESTED_BLOCK)
        found |= {name + ".absmax": codes.astype(np.uint8), name + ".nested_absmax": nested_absmax,
                  name + ".nested_quant_map": dynamic_map()}
        state |= {"nested_blocksize": NESTED_BLOCK, "nested_dtype": "float32", "nested_offset": float(offset)}
    text = np.frombuffer(json.dumps(state).encode(), dtype=np.uint8)
    return found | {f"{name}.quant_state.bitsandbytes__{kind}": text}


def write(path, base, settings):
    source = load_file(ROOT / base / "model.safetensors")
    tensors = {}
    for name, value in source.items():
        tensors |= four_bits(name, value, settings) if is_linear(name) else {name: value}
    save_file(tensors, path / "model.safetensors", metadata={"format": "pt"})
    described = json.loads((ROOT / base / "config.json").read_text()) | {"quantization_config": config(settings)}
    (path / "config.json").write_text(json.dumps(described, indent=2, sort_keys=True) + "\n")


def read(path):
    """All weights of a model in 4 bits, restored from nothing but what its files say; sharded or not."""
    tensors = {}
    for file in sorted(Path(path).glob("model*.safetensors")):
        tensors |= load_file(file)
    state_names = [name for name in tensors if ".quant_state.bitsandbytes__" in name]
    companions = (".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map")
    restored = {name: value for name, value in tensors.items()
                if name not in state_names and not name.endswith(companions)}
    for state_name in state_names:
        name = state_name.split(".quant_state.")[0]
        state = json.loads(tensors[state_name].tobytes().decode())
        absmax = tensors[name + ".absmax"]
        if "nested_blocksize" in state:
            nested = dequantise(absmax, tensors[name + ".nested_quant_map"], tensors[name + ".nested_absmax"],
                                state["nested_blocksize"])
            absmax = (nested + np.float32(state["nested_offset"])).astype(np.float32)
        packed = tensors[name].ravel()
        count = int(np.prod(state["shape"]))
        indices = np.stack([packed >> 4, packed & 15], 1).ravel()[:count]
        values = dequantise(indices, tensors[name + ".quant_map"], absmax, state["blocksize"])
        restored[name] = values.reshape(state["shape"])
    return restored, len(state_names)


def restored_model(path, base):
    """Transformers' model with the restored weights, in float64."""
    model = load_double(AutoModelForCausalLM, ROOT / base)
    restored, _ = read(path)
    missing, unexpected = model.load_state_dict(
        {name: torch.tensor(value, dtype=torch.float64) for name, value in restored.items()}, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    return model


def make(name, base, adapter, settings):
    path = directory(name)
    write(path, base, settings)
    model = restored_model(path, base)
    inputs = batch()
    with exact():
        golden = inputs | {"logits": model(**inputs).logits}
    restored, count = read(path)
    golden["restored"] = torch.tensor(restored["model.layers.1.mlp.down_proj.weight"])
    if adapter:
        adapted = PeftModel.from_pretrained(model, ROOT / adapter, is_trainable=True).double().eval()
        with exact():
            out = adapted(**inputs)
        trained = {n.replace(".default.", "."): p for n, p in adapted.named_parameters() if p.requires_grad}
        golden |= {"lora.logits": out.logits, "lora.loss": out.loss} | gradients(out.loss, trained, "lora.grad.")
    save(path, golden)
    print(f"  {count} matrices in 4 bits")


def compare(name, path):
    """A directory that someone else wrote, against the one in golden."""
    ours, count = read(ROOT / name)
    theirs, their_count = read(path)
    assert count == their_count and ours.keys() == theirs.keys(), (count, their_count, ours.keys() ^ theirs.keys())
    check(f"{path}: {count} matrices, {len(ours)} weights", {n: torch.tensor(v) for n, v in ours.items()},
          {n: torch.tensor(v) for n, v in theirs.items()}, 0)
    described = [json.loads((Path(p) / "config.json").read_text())["quantization_config"] for p in (ROOT / name, path)]
    assert described[0] == described[1], described


def main():
    if len(sys.argv) > 1:
        for argument in sys.argv[1:]:
            compare(*argument.split("=", 1))
        return
    for name, (base, adapter, settings) in MODELS.items():
        make(name, base, adapter, settings)


if __name__ == "__main__":
    main()
