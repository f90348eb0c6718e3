"""The same models as Hugging Face's transformers has them, with adapters by PEFT."""
import torch
from torch.nn.functional import cross_entropy


class HuggingFace:
    """`method`: full, recompute, lora, lora+recompute or qlora. Adapters have rank 8 and sit on all linear layers."""

    def __init__(self, config, weights, method, device, dtype):
        self.causal = config["model_type"] == "llama"
        parts = method.split("+")
        self.model = self.build(config, "qlora" in parts, device, dtype)
        self.head = None
        if not self.causal:
            self.head = torch.nn.Linear(config["hidden_size"], 2, device=device, dtype=dtype)
        if weights is not None:
            self.load(weights)
        if "recompute" in parts:
            self.model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        if "lora" in parts or "qlora" in parts:
            self.model = self.adapted(self.model, "recompute" in parts)
        self.model.train()

    def build(self, config, quantised, device, dtype):
        from transformers import AutoConfig, AutoModel, AutoModelForCausalLM

        config = AutoConfig.for_model(**config)
        config.use_cache = False
        kind, extra = (AutoModelForCausalLM, {}) if self.causal else (AutoModel, {"add_pooling_layer": False})
        with torch.device(device):
            model = kind.from_config(config, dtype=dtype, attn_implementation="sdpa", **extra)
        return self.quantised(model, dtype, device) if quantised else model.to(device)

    @staticmethod
    def quantised(model, dtype, device):
        import bitsandbytes

        for name, module in list(model.named_modules()):
            if isinstance(module, torch.nn.Linear) and "lm_head" not in name:
                small = bitsandbytes.nn.Linear4bit(module.in_features, module.out_features, module.bias is not None,
                                                   compute_dtype=dtype, compress_statistics=True, quant_type="nf4")
                small.load_state_dict(module.state_dict())
                model.set_submodule(name, small.to(device))
        return model

    @staticmethod
    def adapted(model, recompute):
        from peft import LoraConfig, get_peft_model

        if recompute:
            model.enable_input_require_grads()
        settings = LoraConfig(r=8, lora_alpha=16, lora_dropout=0.0, target_modules="all-linear")
        return get_peft_model(model, settings, autocast_adapter_dtype=False)  # adapters in the model's type, as ours

    def load(self, weights):
        prefix = "" if self.causal else "bert."
        own = {name[len(prefix):]: value for name, value in weights.items() if name.startswith(prefix)}
        missing, unexpected = self.model.load_state_dict(own, strict=False)
        tied = {"lm_head.weight"} if self.causal and self.model.config.tie_word_embeddings else set()
        assert not unexpected and set(missing) <= tied, (missing, unexpected)
        if self.head is not None:
            self.head.load_state_dict({name: weights["classifier." + name] for name in ("weight", "bias")})

    def trained(self):
        heads = [] if self.head is None else list(self.head.parameters())
        return [parameter for parameter in [*self.model.parameters(), *heads] if parameter.requires_grad]

    def loss(self, ids, labels):
        if self.causal:
            return self.model(input_ids=ids, labels=labels).loss
        states = self.model(input_ids=ids).last_hidden_state
        return cross_entropy(self.head(states[:, 0]).float(), labels)
