"""golden/{llama,llama3,mistral,qwen2,qwen3}: causal language models as Transformers computes them."""
import copy
import json

import torch
from transformers import (AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM,
                          Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM)

from golden import IGNORED, check, exact, gradients, load_double, ragged, save, save_model

LENGTHS, PROMPTS = [16, 11, 14], [6, 4, 5]
SIZES = dict(vocab_size=96, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             intermediate_size=48, max_position_embeddings=64, pad_token_id=0, bos_token_id=1, eos_token_id=2)
LLAMA3_ROPE = dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                   original_max_position_embeddings=64)
DECODERS = {
    "llama": (LlamaForCausalLM, LlamaConfig(**SIZES, rms_norm_eps=1e-5, rope_parameters=dict(rope_type="default", rope_theta=10000.0)), 21),
    "llama3": (LlamaForCausalLM, LlamaConfig(**SIZES | dict(max_position_embeddings=512), rms_norm_eps=1e-5, rope_parameters=LLAMA3_ROPE), 22),
    "mistral": (MistralForCausalLM, MistralConfig(**SIZES, rms_norm_eps=1e-5, head_dim=8, sliding_window=4096), 23),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config(**SIZES, rms_norm_eps=1e-6, tie_word_embeddings=True), 24),
    "qwen3": (Qwen3ForCausalLM, Qwen3Config(**SIZES, rms_norm_eps=1e-6, head_dim=16), 25),
}


def batch(seed=31):
    ids, mask = ragged(LENGTHS, SIZES["vocab_size"], seed)
    ids[:, 0] = SIZES["bos_token_id"]
    labels = torch.where(mask == 1, ids, IGNORED)
    for row, prompt in enumerate(PROMPTS):
        labels[row, :prompt] = IGNORED
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def write_published_config(config_class, path):
    """The same configuration with the keys that checkpoints on the hub carry: rope_theta, rope_scaling, torch_dtype."""
    config = json.loads((path / "config.json").read_text())
    rope = config.pop("rope_parameters")
    config |= {"rope_theta": rope.pop("rope_theta"), "torch_dtype": config.pop("dtype"),
               "rope_scaling": None if rope["rope_type"] == "default" else rope, "transformers_version": "4.43.0"}
    read_back = config_class.from_dict(copy.deepcopy(config)).rope_parameters
    assert read_back == config_class.from_pretrained(path).rope_parameters, read_back
    (path / "config-published.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def generate(model, count=12):
    """Greedy continuation of one prompt, with the raw logits of each step."""
    prompt = torch.tensor([[1, 45, 7, 88, 19, 63, 27]])
    with exact():
        out = model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=False, max_new_tokens=count,
                             min_new_tokens=count, output_logits=True, return_dict_in_generate=True)
    logits = torch.cat(out.logits)
    best = logits.topk(2).values
    assert (best[:, 0] - best[:, 1]).min() > 0.01, "a tie could fall either way in float32"
    assert torch.equal(logits.argmax(-1), out.sequences[0, prompt.shape[1]:]), "no step was overruled"
    return {"generate.prompt": prompt, "generate.sequence": out.sequences, "generate.logits": logits}


def main():
    for name, (model_class, config, seed) in DECODERS.items():
        path = save_model(model_class(config), name, seed)
        write_published_config(type(config), path)
        model = load_double(model_class, path)
        inputs = batch()
        with exact():
            out = model(**inputs)
        kept = inputs["labels"][:, 1:] != IGNORED
        by_hand = torch.nn.functional.cross_entropy(out.logits[:, :-1][kept], inputs["labels"][:, 1:][kept])
        golden = inputs | {"logits": out.logits, "loss": out.loss} | gradients(out.loss, model.named_parameters(), "grad.")
        check(f"{name}: loss by hand", by_hand, out.loss)
        if name == "llama3":
            golden |= generate(model)
        if name == "mistral":
            model.config.sliding_window = 4
            with exact():
                golden["window4.logits"] = model(**inputs).logits
            assert (golden["window4.logits"] - out.logits)[:, :4].abs().max() == 0
            assert (golden["window4.logits"] - out.logits)[0, 4:16].abs().amin(0).max() > 0
        save(path, golden)


if __name__ == "__main__":
    main()
