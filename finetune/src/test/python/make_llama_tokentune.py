"""golden/llama-tokentune: TokenTune gradients by definition for golden/llama: full, with golden/llama-lora, and with that on
four bits."""
import torch
from safetensors.torch import load_file
from transformers import LlamaForCausalLM

from golden import IGNORED, ROOT, check, directory, exact, gradients, leaves, load_double, save
from make_decoders import LENGTHS, batch
from make_quantisation import NF4, indices_nf4, vectors
from plain_llama import PlainLlama

PREFIX, SCALE = "base_model.model.", 8 / 4
EXTRA_COUNTS = [4, 2, 3]


def select():
    """Positions 0 and n-1, and a random choice between them."""
    generator = torch.Generator().manual_seed(33)
    selected = torch.zeros(len(LENGTHS), max(LENGTHS), dtype=torch.int64)
    for row, (length, count) in enumerate(zip(LENGTHS, EXTRA_COUNTS)):
        selected[row, [0, length - 1]] = 1
        selected[row, 1 + torch.randperm(length - 2, generator=generator)[:count]] = 1
    return selected


def study(model, trained, inputs, selected, library):
    """Checks the plain model against the library's logits and gradients, then gives the TokenTune values."""
    ids, mask, labels = inputs.values()

    def run(chosen, counted):
        logits = model.logits(ids, mask, chosen)
        return logits, model.loss(logits, labels, counted)

    full_logits, full_loss = run(None, None)
    full = gradients(full_loss, trained, "")
    check("logits, plain against library", full_logits[mask == 1], library["logits"][mask == 1])
    check("loss, plain against library", full_loss, library["loss"])
    check("gradients, plain against library", full, library["grads"])
    check("all real tokens selected against ordinary gradients", gradients(run(mask, mask)[1], trained, ""), full)
    logits, loss = run(selected, selected)
    check("forward with some selected against the ordinary forward", logits, full_logits, 0.0)
    grads = gradients(loss, trained, "")
    restricted = gradients(run(None, selected)[1], trained, "")
    worst = max((grads[key] - restricted[key]).abs().max().item() for key in grads)
    assert worst > 1e-3, "the stop-gradients must change something"
    return logits, loss, grads


def library_values(model, trained, inputs):
    with exact():
        out = model(**inputs)
    return {"logits": out.logits, "loss": out.loss, "grads": gradients(out.loss, trained, "")}


def four_bits(parameters):
    """The parameters, every matrix inside the blocks replaced by what nested NF4 makes of it."""
    def restored(matrix):
        found = vectors(matrix.detach().float().numpy().ravel(), tuple(matrix.shape), [("nf4", NF4, indices_nf4, 7)])
        return torch.from_numpy(found["nf4.nested.dequantised"]).double()
    return {name: restored(value) if name.endswith("_proj.weight") else value.detach() for name, value in parameters.items()}


def main():
    base = load_double(LlamaForCausalLM, ROOT / "llama")
    inputs, selected = batch(), select()
    counted = ((selected == 1)[:, :-1] & (inputs["labels"][:, 1:] != IGNORED)).sum(1)
    assert counted.min() > 0, counted
    golden = inputs | {"selected": selected}

    parameters = leaves(base)
    model = PlainLlama(base.config, parameters)
    expected = library_values(base, base.named_parameters(), inputs)
    logits, loss, grads = study(model, parameters, inputs, selected, expected)
    golden |= {"tokentune.logits": logits, "tokentune.loss": loss}
    golden |= {"grad.tokentune." + name: grad for name, grad in grads.items()}

    from peft import PeftModel
    tensors = {name: value.double().requires_grad_() for name, value in
               load_file(ROOT / "llama-lora" / "adapter_model.safetensors").items()}
    modules = {name.removeprefix(PREFIX).rsplit(".lora_", 1)[0] for name in tensors}
    adapters = {m: tuple(tensors[f"{PREFIX}{m}.lora_{side}.weight"] for side in "AB") for m in modules}
    model = PlainLlama(base.config, {name: value.detach() for name, value in parameters.items()}, adapters, SCALE)
    adapted = PeftModel.from_pretrained(base, ROOT / "llama-lora", is_trainable=True).double().eval()
    trained = {name.replace(".default.", "."): value for name, value in adapted.named_parameters() if value.requires_grad}
    logits, loss, grads = study(model, tensors, inputs, selected, library_values(adapted, trained, inputs))
    golden |= {"lora.logits": logits, "lora.loss": loss} | {"grad.lora." + name: grad for name, grad in grads.items()}

    restored = four_bits(parameters)
    adapted.load_state_dict({name: restored[name.removeprefix(PREFIX).replace(".base_layer", "")] if "lora_" not in name else value
                             for name, value in adapted.state_dict().items()})
    model = PlainLlama(base.config, restored, adapters, SCALE)
    logits, loss, grads = study(model, tensors, inputs, selected, library_values(adapted, trained, inputs))
    golden |= {"qlora.logits": logits, "qlora.loss": loss} | {"grad.qlora." + name: grad for name, grad in grads.items()}
    save(directory("llama-tokentune"), golden)


if __name__ == "__main__":
    main()
