"""golden/*-tokentune: TokenTune on further architectures, Transformers' own models with gradients stopped by hooks."""
import torch
from transformers import (BartForSequenceClassification, OPTConfig, OPTForSequenceClassification,
                          RobertaForSequenceClassification, ViTForImageClassification)

from golden import ROOT, check, directory, exact, gradients, load_double, save, save_model
from make_others import EOS, OPT, classified, file_names, images, sentences

LAST_OR_FIRST = {"roberta": "first", "opt-classification": "last", "bart-classification": "last", "vit": "first"}


def chosen(mask, seed, last):
    """About two fifths of the real tokens of every row, the first always and, where states of the last are read, that too."""
    generator = torch.Generator().manual_seed(seed)
    selected = (torch.rand(mask.shape, generator=generator) < 0.4) & (mask == 1)
    selected[:, 0] = True
    if last:
        for row, length in enumerate(mask.sum(1)):
            selected[row, length - 1] = True
    return selected


def stopped(value, selected):
    return torch.where(selected[..., None], value, value.detach())


def stop_outputs(module, selected):
    def hook(_, __, output):
        return (stopped(output[0], selected), *output[1:]) if isinstance(output, tuple) else stopped(output, selected)
    return module.register_forward_hook(hook)


def stop_input(module, selected):
    def hook(_, args, kwargs):
        if args:
            return (stopped(args[0], selected), *args[1:]), kwargs
        return args, kwargs | {"hidden_states": stopped(kwargs["hidden_states"], selected)}
    return module.register_forward_pre_hook(hook, with_kwargs=True)


def stop_stack(layers, keys_and_values, selected, memory=None):
    """Embedding rows (what the first layer reads), key and value rows and the outputs of every layer."""
    hooks = [stop_input(layers[0], selected)]
    for layer in layers:
        hooks += [stop_outputs(part, selected) for part in keys_and_values(layer)]
        if memory is not None:
            hooks += [stop_outputs(part, memory) for part in (layer.encoder_attn.k_proj, layer.encoder_attn.v_proj)]
        hooks.append(stop_outputs(layer, selected))
    return hooks


def own(layer):
    return layer.self_attn.k_proj, layer.self_attn.v_proj


def bert_like(layer):
    attention = layer.attention.self if hasattr(layer.attention, "self") else layer.attention.attention
    return attention.key, attention.value


def vit_like(layer):
    attention = layer.attention
    while not hasattr(attention, "key") and not hasattr(attention, "k_proj"):
        attention = attention.attention
    return (attention.key, attention.value) if hasattr(attention, "key") else (attention.k_proj, attention.v_proj)


def stop(name, model, selected):
    if name == "roberta":
        return stop_stack(model.roberta.encoder.layer, bert_like, selected["selected"])
    if name == "vit":
        layers = model.vit.encoder.layer if hasattr(model.vit, "encoder") else model.vit.layers
        return stop_stack(layers, vit_like, selected["selected"]) + [stop_outputs(model.vit.layernorm, selected["selected"])]
    if name == "opt-classification":
        decoder = model.model.decoder
        return stop_stack(decoder.layers, own, selected["selected"]) + [
            stop_outputs(decoder.final_layer_norm, selected["selected"])]
    encoder, decoder = model.model.encoder, model.model.decoder
    return (stop_stack(encoder.layers, own, selected["selected"])
            + stop_stack(decoder.layers, own, selected["decoder_selected"], selected["selected"]))


def forward(model, inputs):
    doubled = {key: value.double() if value.is_floating_point() else value for key, value in inputs.items()}
    with exact():
        return model(**doubled)


def opt_classification(seed):
    return sentences(seed, EOS, None) | {"labels": torch.tensor([1, 2, 0])}


CASES = {
    "roberta": (RobertaForSequenceClassification, classified, 151),
    "opt-classification": (OPTForSequenceClassification, opt_classification, 157),
    "bart-classification": (BartForSequenceClassification, classified, 155),
    "vit": (ViTForImageClassification, images, 156),
}


def main():
    config = OPTConfig(**(OPT | dict(do_layer_norm_before=True, word_embed_proj_dim=16)), num_labels=3)
    path = save_model(OPTForSequenceClassification(config), "opt-classification", 57)
    model = load_double(OPTForSequenceClassification, path)
    inputs = opt_classification(157)
    result = forward(model, inputs)
    save(path, inputs | {"logits": result.logits, "loss": result.loss}
         | gradients(result.loss, file_names(model, path), "grad."))
    for name, (model_class, inputs_from, seed) in CASES.items():
        path = ROOT / name
        model = load_double(model_class, path)
        inputs = inputs_from(seed)
        tokens = inputs.get("attention_mask", torch.ones(3, 10, dtype=torch.long))
        selected = {"selected": chosen(tokens, seed + 1, LAST_OR_FIRST[name] == "last")}
        if name.startswith("bart"):
            selected["decoder_selected"] = chosen(tokens, seed + 2, True)
        plain = forward(model, inputs)
        everything = {key: torch.ones_like(value) for key, value in selected.items()}
        hooks = stop(name, model, everything)
        same = forward(model, inputs)
        parameters = file_names(model, path)
        print(name)
        check("all selected", gradients(same.loss, parameters, ""), gradients(plain.loss, parameters, ""))
        for hook in hooks:
            hook.remove()
        stop(name, model, selected)
        result = forward(model, inputs)
        check("forward value", result.logits, plain.logits)
        target = directory(name + "-tokentune")
        save(target, inputs | {key: value.long() for key, value in selected.items()}
             | {"logits": result.logits, "loss": result.loss} | gradients(result.loss, parameters, "grad."))


if __name__ == "__main__":
    main()
