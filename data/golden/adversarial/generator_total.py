#!/usr/bin/env python3
"""The generator's loss of VQGAN by the code of taming-transformers, in float64, with made-up networks:
python3 generator_total.py TAMING_TRANSFORMERS."""

import importlib.util
import json
import pathlib
import subprocess
import sys
import types

import torch

HOME = pathlib.Path(sys.argv[1])
torch.set_default_dtype(torch.float64)
torch.manual_seed(97)


class Distance(torch.nn.Module):
    def forward(self, a, b):
        return ((a - b) ** 2).mean(dim=(1, 2, 3), keepdim=True)


class Critic(torch.nn.Module):
    def __init__(self, **options):
        super().__init__()
        self.scale = 1.0

    def forward(self, x):
        return torch.tanh(x.sum(1, keepdim=True)) * self.scale

    def apply(self, f):
        return self


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    sys.modules[name] = made


module("taming.modules.losses.lpips", LPIPS=Distance)
module("taming.modules.discriminator.model", NLayerDiscriminator=Critic, weights_init=None)
spec = importlib.util.spec_from_file_location("vqperceptual", HOME / "taming/modules/losses/vqperceptual.py")
vq = importlib.util.module_from_spec(spec)
spec.loader.exec_module(vq)
cases = []


def case(name, parameters, scales=(1, 1, 1, 1, 1), start=0, **options):
    loss = vq.VQLPIPSWithDiscriminator(disc_start=start, **options)
    columns = {k: [] for k in ["main", "perceptual", "logit", "regularizer", "main-gradient", "adversarial-gradient", "step"]}
    rows = {k: [] for k in ["total", "main-loss", "lambda", "adversarial-term"]}
    for step, scale in enumerate(scales):
        loss.discriminator.scale = scale
        layer = torch.randn(3, 2, requires_grad=True)
        hidden, inputs, codebook = torch.randn(2, 2, 4, 4), torch.randn(2, 3, 4, 4), torch.rand(2)
        made = torch.einsum("co,nohw->nchw", layer, hidden)
        total, log = loss(codebook, inputs, made, 0, step, last_layer=layer)
        get = lambda key: float(log[f"train/{key}"])
        nll = (inputs - made).abs() + loss.perceptual_weight * Distance()(inputs, made)
        gradient = lambda of: torch.autograd.grad(of, layer, retain_graph=True)[0].ravel().tolist()
        critic = loss.discriminator(made).mean()
        values = [float((inputs - made).abs().mean()), float(Distance()(inputs, made).mean()), float(critic), float(codebook.mean()), gradient(nll.mean()), gradient(-critic), step]
        for role, value in zip(columns, values):
            columns[role].append(value)
        for output, value in zip(rows, [float(total), get("nll_loss"), get("d_weight"), get("d_weight") * float(log["train/disc_factor"]) * get("g_loss")]):
            rows[output].append(value)
    cases.append({"name": f"taming-transformers, {name}", "objective": "generator-total", "parameters": parameters, "sets": {"rows": columns}, "rows": rows, "relative": 1e-12, "absolute": 1e-14})
    return columns, rows


columns, rows = case("VQGAN", {})
norms = {k + "-norm": [float(torch.tensor(g).norm()) for g in columns[k]] for k in ["main-gradient", "adversarial-gradient"]}
given = {"adversarial": [-v for v in columns["logit"]]} | {k: columns[k] for k in ["main", "perceptual", "regularizer"]} | norms
cases.append({"name": "taming-transformers, norms and losses in columns", "objective": "vqgan-loss", "parameters": {}, "sets": {"rows": given}, "rows": rows, "relative": 1e-12})
case("weights, and a start", {"start": "3", "weight": "0.75", "factor": "0.8", "perceptual-weight": "0.3", "regularizer-weight": "0.25"}, start=3, disc_weight=0.75, disc_factor=0.8, perceptual_weight=0.3, codebook_weight=0.25)
case("hardly any adversarial gradient", {"most": "1e4"}, scales=(1e-12, 1e-5, 1e-3))
commit = subprocess.run(["git", "-C", HOME, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()[:9]
(pathlib.Path(__file__).parent / "generator-total.golden.json").write_text(json.dumps({"tool": f"PyTorch {torch.__version__}", "source": f"taming-transformers {commit}, run in float64 by generator_total.py", "cases": cases}) + "\n")
