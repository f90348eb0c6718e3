"""golden/lora-classifiers: adapters of classifiers as PEFT writes them, and what PEFT computes with them.

For each family a directory with the adapter, and `golden.safetensors` with its scores on the inputs of the family's own
golden values. The head of each adapter is its own, not the base's.
"""
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file
from transformers import (BartForSequenceClassification, BertForSequenceClassification, BertForTokenClassification,
                          OPTForSequenceClassification, RobertaForSequenceClassification, RobertaForTokenClassification,
                          ViTForImageClassification)

from golden import ROOT, check, directory, exact, load_double, save

# Class, target modules (PEFT's own where it has some), what is saved beside PEFT's "classifier" and "score".
FAMILIES = {
    "bert": (BertForSequenceClassification, None, None),
    "roberta": (RobertaForSequenceClassification, None, None),
    "opt-classification": (OPTForSequenceClassification, None, None),
    "bart-classification": (BartForSequenceClassification, None, ["classification_head"]),
    "vit": (ViTForImageClassification, ["q_proj", "v_proj"], ["classifier"]),
    "bert-tagging": (BertForTokenClassification, None, None),
    "roberta-tagging": (RobertaForTokenClassification, None, None),
}
INPUTS = ["input_ids", "attention_mask", "token_type_ids", "pixel_values"]


def write_adapter(path, family, seed):
    model_class, targets, modules = FAMILIES[family]
    task = None if family == "vit" else "TOKEN_CLS" if family.endswith("-tagging") else "SEQ_CLS"
    config = LoraConfig(r=4, lora_alpha=6, use_rslora=family == "roberta", task_type=task, target_modules=targets,
                        modules_to_save=modules)
    model = get_peft_model(model_class.from_pretrained(ROOT / family), config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name or "modules_to_save" in name:
                parameter.copy_(0.22 * torch.randn(parameter.shape, generator=generator))
    written = model.peft_config["default"]
    written.base_model_name_or_path = family
    written.target_modules = sorted(written.target_modules)
    model.save_pretrained(path, save_embedding_layers=False)
    (path / "README.md").unlink()


def main():
    root = directory("lora-classifiers")
    for seed, family in enumerate(FAMILIES, 61):
        path = root / family
        write_adapter(path, family, seed)
        inputs = {k: v for k, v in load_file(ROOT / family / "golden.safetensors").items() if k in INPUTS}
        if "pixel_values" in inputs:
            inputs["pixel_values"] = inputs["pixel_values"].double()
        model = PeftModel.from_pretrained(load_double(FAMILIES[family][0], ROOT / family), path).double().eval()
        with exact():
            logits = model.base_model(**inputs).logits
            merged = model.merge_and_unload()(**inputs).logits
        check(f"{family}: merged against adapted scores", merged, logits, 1e-11)
        save(path, {"logits": logits})


if __name__ == "__main__":
    main()
