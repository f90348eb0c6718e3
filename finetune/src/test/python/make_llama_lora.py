"""golden/llama-lora: an adapter directory written by PEFT for golden/llama, with what PEFT computes from it.

golden/llama-lora-head: one whose adapters are on the output head too, beside which PEFT by itself stores the head.
"""
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaForCausalLM

from golden import ROOT, check, directory, exact, gradients, load_double, save
from make_decoders import batch

TARGETS = ["gate_proj", "up_proj", "down_proj", "q_proj", "v_proj"]


def write_adapter(path, targets, **saving):
    config = LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, bias="none", task_type="CAUSAL_LM", target_modules=targets)
    model = get_peft_model(LlamaForCausalLM.from_pretrained(ROOT / "llama"), config)
    generator = torch.Generator().manual_seed(41)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.copy_(0.22 * torch.randn(parameter.shape, generator=generator))
    model.peft_config["default"].base_model_name_or_path = "llama"
    model.peft_config["default"].target_modules = sorted(targets)
    model.save_pretrained(path, **saving)
    (path / "README.md").unlink()


def main():
    path = directory("llama-lora")
    write_adapter(path, TARGETS, save_embedding_layers=False)
    model = PeftModel.from_pretrained(load_double(LlamaForCausalLM, ROOT / "llama"), path, is_trainable=True).double().eval()
    inputs = batch()
    with exact():
        out = model(**inputs)
    trained = {name.replace(".default.", "."): value for name, value in model.named_parameters() if value.requires_grad}
    golden = inputs | {"logits": out.logits, "loss": out.loss} | gradients(out.loss, trained, "grad.")
    merged = model.merge_and_unload()
    with exact():
        golden["merged.logits"] = merged(**inputs).logits
    check("merged against adapted logits", golden["merged.logits"], out.logits, 1e-11)
    golden |= {"merged." + name: value for name, value in merged.named_parameters() if any(t in name for t in TARGETS)}
    save(path, golden)


def head():
    path = directory("llama-lora-head")
    write_adapter(path, ["q_proj", "lm_head"])
    model = PeftModel.from_pretrained(load_double(LlamaForCausalLM, ROOT / "llama"), path).double().eval()
    inputs = batch()
    with exact():
        save(path, inputs | {"logits": model(**inputs).logits})


if __name__ == "__main__":
    main()
    head()
