"""Writes what torch.optim.AdamW and the schedules of Transformers do: adamw.safetensors and schedules.csv."""
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import get_scheduler

ROOT = Path(__file__).resolve().parent.parent / "resources" / "golden"
STEPS = 20


def adamw():
    """Two groups in float64; the learning rate changes with every step; the last gradients of one are missing."""
    random = torch.Generator().manual_seed(11)
    decayed = torch.randn(3, 4, generator=random, dtype=torch.float64)
    plain = torch.randn(5, generator=random, dtype=torch.float64)
    tensors = {"decayed": decayed.clone(), "plain": plain.clone()}
    optimiser = torch.optim.AdamW(
        [{"params": [decayed], "weight_decay": 0.1}, {"params": [plain], "weight_decay": 0.0}],
        betas=(0.8, 0.95), eps=1e-6)
    for step in range(STEPS):
        for name, parameter in (("decayed", decayed), ("plain", plain)):
            parameter.grad = None
            if name == "decayed" or step < STEPS - 3:
                parameter.grad = torch.randn(parameter.shape, generator=random, dtype=torch.float64)
                tensors[f"gradient.{name}.{step}"] = parameter.grad.clone()
        for group in optimiser.param_groups:
            group["lr"] = 0.01 * (step + 1)
        optimiser.step()
        tensors[f"after.decayed.{step}"] = decayed.clone()
        tensors[f"after.plain.{step}"] = plain.clone()
    save_file(tensors, ROOT / "adamw.safetensors")


def schedules():
    names = {"constant": "constant_with_warmup", "linear": "linear", "cosine": "cosine"}
    lines = ["course,warmup,total,step,factor"]
    for ours, theirs in names.items():
        for warmup, total in ((0, 7), (3, 20), (5, 5), (1, 2)):
            optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
            schedule = get_scheduler(theirs, optimiser, num_warmup_steps=warmup, num_training_steps=total)
            for step in range(total + 1):
                lines.append(f"{ours},{warmup},{total},{step},{schedule.get_last_lr()[0]!r}")
                optimiser.step()
                schedule.step()
    (ROOT / "schedules.csv").write_text("\n".join(lines) + "\n")


adamw()
schedules()
