"""golden/{roberta,opt,opt-post-norm,bart,bart-classification,vit}: further architectures as Transformers computes them."""
import torch
from safetensors.torch import load_file
from transformers import (BartConfig, BartForConditionalGeneration, BartForSequenceClassification, OPTConfig, OPTForCausalLM,
                          RobertaConfig, RobertaForSequenceClassification, ViTConfig, ViTForImageClassification)

from golden import IGNORED, exact, gradients, load_double, ragged, save, save_model

LENGTHS, VOCABULARY, BOS, PAD, EOS = [15, 8, 11], 96, 0, 1, 2
NO_DROPOUT = dict(dropout=0.0, attention_dropout=0.0, activation_dropout=0.0)
OPT = dict(vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, ffn_dim=48,
           max_position_embeddings=64, dropout=0.0, attention_dropout=0.0, pad_token_id=PAD, bos_token_id=EOS, eos_token_id=EOS)
BART = dict(vocab_size=VOCABULARY, d_model=32, encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=48,
            decoder_ffn_dim=48, max_position_embeddings=32, classifier_dropout=0.0, num_labels=3, **NO_DROPOUT)


def sentences(seed, first, last):
    ids, mask = ragged(LENGTHS, VOCABULARY, seed, pad=PAD)
    if first is not None:
        ids[:, 0] = first
    for row, length in enumerate(LENGTHS):
        if last is not None:
            ids[row, length - 1] = last
    return {"input_ids": ids, "attention_mask": mask}


def classified(seed):
    return sentences(seed, BOS, EOS) | {"labels": torch.tensor([1, 2, 0])}


def language_modelling(seed):
    inputs = sentences(seed, EOS, None)
    return inputs | {"labels": torch.where(inputs["attention_mask"] == 1, inputs["input_ids"], IGNORED)}


def summarisation(seed):
    labels, label_mask = ragged([9, 12, 6], VOCABULARY, seed + 1)
    labels[label_mask == 0] = IGNORED
    return sentences(seed, BOS, EOS) | {"labels": labels}


def images(seed):
    pixels = torch.randn(3, 3, 12, 12, generator=torch.Generator().manual_seed(seed))
    return {"pixel_values": pixels, "labels": torch.tensor([2, 0, 1])}


OTHERS = {
    "roberta": (RobertaForSequenceClassification, RobertaConfig(
        vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48,
        max_position_embeddings=66, type_vocab_size=1, layer_norm_eps=1e-5, num_labels=3, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, pad_token_id=PAD, bos_token_id=BOS, eos_token_id=EOS), classified, 51),
    "opt": (OPTForCausalLM, OPTConfig(**OPT), language_modelling, 52),
    "opt-post-norm": (OPTForCausalLM, OPTConfig(**OPT, do_layer_norm_before=False, word_embed_proj_dim=16), language_modelling, 53),
    "bart": (BartForConditionalGeneration, BartConfig(**BART, encoder_layers=2, decoder_layers=2), summarisation, 54),
    "bart-classification": (BartForSequenceClassification, BartConfig(
        **BART, encoder_layers=1, decoder_layers=1, scale_embedding=True), classified, 55),
    "vit": (ViTForImageClassification, ViTConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, image_size=12, patch_size=4,
        num_labels=3, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0), images, 56),
}


def forward(model, inputs):
    """Outputs by golden key; the backbone's last hidden state (of the decoder where there is one) is `hidden`."""
    doubled = {key: value.double() if value.is_floating_point() else value for key, value in inputs.items()}
    with exact():
        out = model(**doubled, output_hidden_states=True)
        backbone = {key: value for key, value in doubled.items() if key != "labels"}
        result = {"logits": out.logits, "loss": out.loss}
        if isinstance(model, BartForConditionalGeneration):
            result |= {"decoder_input_ids": model.prepare_decoder_input_ids_from_labels(doubled["labels"])}
        elif hasattr(model, "classifier"):
            result |= {"hidden": getattr(model, model.base_model_prefix)(**backbone).last_hidden_state}
        if hasattr(out, "encoder_last_hidden_state"):
            result |= {"encoder.hidden": out.encoder_last_hidden_state, "hidden": out.decoder_hidden_states[-1]}
    return result


def file_names(model, path):
    """Parameters under the names of the saved file, which are those of published checkpoints; they are matched by value."""
    stored = load_file(path / "model.safetensors")

    def name_of(own, value):
        equal = [key for key, tensor in stored.items() if torch.equal(tensor.double(), value)]
        assert own in equal or len(equal) == 1, (own, equal)
        return own if own in equal else equal[0]

    named = {name_of(own, value): value for own, value in model.named_parameters()}
    assert stored.keys() - named.keys() <= {"final_logits_bias"}, stored.keys() - named.keys()
    return named


def main():
    for name, (model_class, config, inputs_from, seed) in OTHERS.items():
        fresh = model_class(config)
        if hasattr(fresh, "final_logits_bias"):
            fresh.final_logits_bias.copy_(0.22 * torch.randn(fresh.final_logits_bias.shape, generator=torch.Generator().manual_seed(seed)))
        path = save_model(fresh, name, seed)
        model = load_double(model_class, path)
        inputs = inputs_from(seed + 100)
        result = forward(model, inputs)
        save(path, inputs | result | gradients(result["loss"], file_names(model, path), "grad."))


if __name__ == "__main__":
    main()
