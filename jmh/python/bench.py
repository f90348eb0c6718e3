"""The benchmarks of this module in Python: operators, one training step, and training steps by method.

    python bench.py operators --name add,mul
    python bench.py decoder-step --shape llama-1.1b --batch 1 --sequence 1024 --dtype bfloat16 --device cuda \
        --library plain,transformers --method full,recompute,lora,qlora,tokentune-0.3 --json results.json
    python bench.py same-step --fixture FOLDER      # what `frugal bench` left: weights, batch and losses

Prints the JSON that `frugal bench` writes and `frugal bench --from` reads.
"""
import argparse
import gc
import importlib.metadata
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

import measure
import plain

LIBRARIES = {"plain": "PyTorch", "transformers": "transformers"}
MEBIBYTE = (1 << 20) // 4
FIRST_TOLERANCE, LATER_TOLERANCE = 1e-4, 2e-3


@dataclass
class Effort:
    warm_ups: int
    iterations: int
    milliseconds: int


class Training:
    """A model, a batch and AdamW."""

    def __init__(self, model, trained, batch, learning_rate):
        self.model, self.batch = model, batch
        self.optimizer = torch.optim.AdamW(trained, lr=learning_rate, weight_decay=0.0, fused=True)

    def run(self, mark=lambda phase: None):
        loss = self.model.loss(*self.batch())
        mark("backward")
        loss.backward()
        mark("update")
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.item()


def shape(name):
    """The configuration of a shape that the Java benchmarks know by the same name, or of a file."""
    if name.endswith(".json"):
        return json.loads(Path(name).read_text())
    here = Path(__file__).resolve().parent
    for folder in (here / "shapes", here.parent / "src/main/resources/org/frugaltorch/jmh/shapes"):
        if (folder / (name + ".json")).exists():
            return json.loads((folder / (name + ".json")).read_text())
    raise ValueError(f"Unknown shape '{name}': give the path of a config.json, or a name such as minilm or llama-1.1b")


def random_weights(config, device, dtype):
    """Weights under their published names, drawn as for training from scratch."""
    hidden, inner, heads = config["hidden_size"], config["intermediate_size"], config["num_attention_heads"]
    generator = torch.Generator(device).manual_seed(1)
    keys = hidden // heads * config.get("num_key_value_heads", heads)
    weights = {}

    def add(name, *size):
        value = torch.empty(size, device=device, dtype=dtype)
        weights[name] = value.normal_(0, config["initializer_range"], generator=generator).requires_grad_()

    def constant(name, value):
        weights[name] = torch.full((hidden,), float(value), device=device, dtype=dtype).requires_grad_()

    def biased(name, out, into):
        add(name + ".weight", out, into)
        weights[name + ".bias"] = torch.zeros(out, device=device, dtype=dtype).requires_grad_()

    def layer_norm(name):
        constant(name + ".weight", 1)
        constant(name + ".bias", 0)

    if config["model_type"] == "bert":
        for table, rows in (("word", "vocab_size"), ("position", "max_position_embeddings"),
                            ("token_type", "type_vocab_size")):
            add(f"bert.embeddings.{table}_embeddings.weight", config[rows], hidden)
        layer_norm("bert.embeddings.LayerNorm")
        for layer in range(config["num_hidden_layers"]):
            n = f"bert.encoder.layer.{layer}."
            for part in ("self.query", "self.key", "self.value", "output.dense"):
                biased(n + "attention." + part, hidden, hidden)
            layer_norm(n + "attention.output.LayerNorm")
            biased(n + "intermediate.dense", inner, hidden)
            biased(n + "output.dense", hidden, inner)
            layer_norm(n + "output.LayerNorm")
        biased("classifier", 2, hidden)
        return weights
    add("model.embed_tokens.weight", config["vocab_size"], hidden)
    for layer in range(config["num_hidden_layers"]):
        n = f"model.layers.{layer}."
        for part, out, into in (("self_attn.q_proj", hidden, hidden), ("self_attn.k_proj", keys, hidden),
                                ("self_attn.v_proj", keys, hidden), ("self_attn.o_proj", hidden, hidden),
                                ("mlp.gate_proj", inner, hidden), ("mlp.up_proj", inner, hidden),
                                ("mlp.down_proj", hidden, inner)):
            add(n + part + ".weight", out, into)
        constant(n + "input_layernorm.weight", 1)
        constant(n + "post_attention_layernorm.weight", 1)
    constant("model.norm.weight", 1)
    if not config["tie_word_embeddings"]:
        add("lm_head.weight", config["vocab_size"], hidden)
    return weights


def plain_training(config, weights, method, ids, labels, learning_rate):
    """Full fine-tuning, recompute, tokentune-SHARE, or meft1 to meft3."""
    kind = plain.Llama if config["model_type"] == "llama" else plain.Bert
    if share := re.fullmatch(r"tokentune-([0-9.]+)", method):
        model = kind(config, weights)
        return Training(model, list(weights.values()),
                        lambda: (ids, labels, plain.selection(ids, float(share[1]))), learning_rate)
    if variant := re.fullmatch(r"meft([123])", method):
        if kind is plain.Llama:
            raise ValueError("MEFT is written here for BERT")
        model = plain.MeftBert(config, weights, int(variant[1]))
        return Training(model, model.trained(), lambda: (ids, labels), learning_rate)
    if method not in ("full", "recompute"):
        raise ValueError(f"Plain PyTorch has no method '{method}': it has full, recompute, tokentune-SHARE and meft1"
                         " to meft3")
    model = kind(config, weights, plain.recomputed if method == "recompute" else plain.kept)
    return Training(model, list(weights.values()), lambda: (ids, labels), learning_rate)


def training(library, config, weights, method, ids, labels, learning_rate, device, dtype):
    """`weights` by name, or None for random ones."""
    if library == "plain":
        own = random_weights(config, device, dtype) if weights is None else {
            name: value.to(device, dtype).clone().requires_grad_() for name, value in weights.items()}
        return plain_training(config, own, method, ids, labels, learning_rate)
    import libraries

    model = libraries.HuggingFace(config, weights, method, device, dtype)
    return Training(model, model.trained(), lambda: (ids, labels), learning_rate)


# ---- benchmarks ------------------------------------------------------------------------------------------------------


def operators(options, library):
    if library != "plain":
        raise ValueError("Operators are PyTorch's own: leave out --library")
    device = options.device
    a, b = torch.tensor([1.5], device=device), torch.tensor([2.25], device=device)
    weight = torch.tensor([2.25], device=device, requires_grad=True)
    large = torch.ones(MEBIBYTE, device=device)
    large_weight = torch.ones(MEBIBYTE, device=device, requires_grad=True)
    assert (a + b).item() == 3.75 and (a * b).item() == 3.375
    if device.type == "cpu":
        torch.set_num_threads(1)
    known = {
        "add": lambda: a + b, "mul": lambda: a * b, "addNumber": lambda: a + 2.25, "mulNumber": lambda: a * 2.25,
        "addWithGraph": lambda: a + weight, "mulWithGraph": lambda: a * weight,
        "mulAndBackward": lambda: (a * weight).backward(),
        "addOneMebibyte": lambda: large + large, "mulOneMebibyte": lambda: large * large,
        "mulOneMebibyteWithGraph": lambda: large * large_weight,
        "mulAndBackwardOneMebibyte": lambda: (large * large_weight).sum().backward(),
    }
    for name in options.name.split(","):
        if name not in known:
            raise ValueError(f"Unknown operator '{name}': known are {', '.join(known)}")
        yield name, on_device({}, device), measure.seconds_a_call(known[name], device, options.effort), {}


def same_step(options, library):
    """Loads weights and batch, compares the losses of the first steps, then measures."""
    from safetensors.torch import load_file

    folder, device = Path(options.fixture), options.device
    config = json.loads((folder / "model/config.json").read_text())
    expected = json.loads((folder / "expected.json").read_text())
    batch = {name: value.to(device) for name, value in load_file(folder / "batch.safetensors").items()}

    def make():
        weights = load_file(folder / "model/model.safetensors")
        return training(library, config, weights, "full", batch["input_ids"], batch["labels"], expected["learningRate"],
                        device, torch.float32)

    if library != "plain":  # what importing them takes is not the step's
        import peft  # noqa: F401
        from transformers import AutoConfig, AutoModel, AutoModelForCausalLM

        for kind in (AutoModelForCausalLM, AutoModel):
            with torch.device("meta"):
                kind.from_config(AutoConfig.for_model(**{**config, "num_hidden_layers": 1}))
    memory = measure.ResidentMemory()
    own = make()
    losses = [own.run() for _ in expected["losses"]]
    for i, (actual, wanted) in enumerate(zip(losses, expected["losses"])):
        # A GPU multiplies and adds in another order.
        tolerance = (LATER_TOLERANCE if i else FIRST_TOLERANCE) * (5 if device.type == "cuda" else 1)
        if not abs(actual - wanted) <= tolerance * abs(wanted):
            raise ValueError(f"The losses of the first steps differ: expected {expected['losses']}, got {losses}")
    counters = {"loss": losses[-1], "items": batch["input_ids"].numel()}
    if device.type == "cpu":
        counters["residentPeakBytes"] = memory.peak()
    seconds = measure.seconds_a_step(own.run, device, options.effort)
    del own
    gc.collect()
    counters.update(measure.counted(make, device))
    yield "step", on_device({"fixture": folder.name}, device), seconds, counters


def steps(options, library):
    config, device = shape(options.shape), options.device
    dtype = {"float32": torch.float32, "bfloat16": torch.bfloat16}[options.dtype]
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(0, config["vocab_size"], (options.batch, options.sequence), generator=generator).to(device)
    labels = ids if config["model_type"] == "llama" else torch.arange(options.batch, device=device) % 2
    for method in options.method.split(","):
        def make():
            torch.manual_seed(1)
            return training(library, config, None, method, ids, labels, 1e-5, device, dtype)

        counters = {**measure.counted(make, device), "items": ids.numel()}
        gc.collect()
        own = make()
        seconds = measure.seconds_a_step(own.run, device, options.effort)
        del own
        gc.collect()
        yield "step", {"shape": options.shape, "batch": str(options.batch), "sequence": str(options.sequence),
                       "dtype": options.dtype, "method": method, "device": str(device)}, seconds, counters


def on_device(parameters, device):
    return parameters if device.type == "cpu" else {**parameters, "device": str(device)}


BENCHMARKS = {"operators": operators, "same-step": same_step, "encoder-step": steps, "decoder-step": steps}


# ---- command line ----------------------------------------------------------------------------------------------------


def versions(names):
    found = {"Python": sys.version.split()[0], "PyTorch": torch.__version__}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found


def print_version(library):
    if library == "plain":
        print(f"{torch.__version__}, Python {sys.version.split()[0]}")
        return
    import peft
    import transformers

    print(f"{transformers.__version__}, PEFT {peft.__version__}, torch {torch.__version__}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmark", choices=[*BENCHMARKS, "version"])
    parser.add_argument("--library", default="plain", help="plain, transformers, or both separated by a comma")
    parser.add_argument("--name", default="add,mul,mulWithGraph,mulAndBackward", help="operators")
    parser.add_argument("--fixture", help="folder with weights, batch and losses")
    parser.add_argument("--shape", default="minilm")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--sequence", type=int, default=128)
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--method", default="full", help="one or several separated by commas")
    parser.add_argument("--device", default="cpu", type=torch.device)
    parser.add_argument("--threads", type=int, help="of the CPU; otherwise as OMP_NUM_THREADS says")
    parser.add_argument("--warm-ups", type=int, default=2)
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--milliseconds", type=int, default=200, help="of an iteration over calls of microseconds")
    parser.add_argument("--json", help="file to write to")
    options = parser.parse_args()
    options.effort = Effort(options.warm_ups, options.iterations, options.milliseconds)
    if options.benchmark == "same-step" and not options.fixture:
        parser.error("same-step needs --fixture")
    for library in options.library.split(","):
        if library not in LIBRARIES:
            parser.error(f"unknown library '{library}': known are {', '.join(LIBRARIES)}")
    return options


def main():
    options = parse()
    if options.benchmark == "version":
        print_version(options.library)
        return
    if options.threads:
        torch.set_num_threads(options.threads)
    results, failures = [], []
    for library in options.library.split(","):
        try:
            for name, parameters, seconds, counters in BENCHMARKS[options.benchmark](options, library):
                results.append({"group": options.benchmark, "name": name, "implementation": LIBRARIES[library],
                                "parameters": parameters, "samples": [seconds], "counters": counters})
        except (ImportError, ValueError, AssertionError, RuntimeError) as failure:
            failures.append(f"{options.benchmark} in {LIBRARIES[library]}: {' '.join(str(failure).split())}")
            print(failures[-1], file=sys.stderr)
    measure.write(results, failures, versions(["transformers", "peft", "bitsandbytes"]), options.json)
    if not results:
        sys.exit(failures[-1])


if __name__ == "__main__":
    main()
