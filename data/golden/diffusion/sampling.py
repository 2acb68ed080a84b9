#!/usr/bin/env python3
"""Whole DDPM loops with learned variances, as improved-diffusion samples (p_mean_variance and p_sample of a
respaced process; Nichol and Dhariwal, arXiv:2102.09672, equation 15), by NumPy: python3 sampling.py."""

import json
import pathlib

import numpy as np

ROWS, DIM = 5, 3
KEPT = [0, 40, 250, 251, 600, 999]


def model(x, t):
    """A made-up network: eps, and what it says of the variance."""
    return 0.9 * x * (t + 1) / 1001 + 0.1, x / (1 + np.abs(x))


def log_variance(kind, said, small, beta):
    if kind == "learned":
        return said - 3
    fraction = (said + 1) / 2
    return fraction * np.log(beta) + (1 - fraction) * small


def sample(kind, clip):
    whole = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
    products, betas, last = [], [], 1.0
    for t in KEPT:
        products.append(whole[t])
        betas.append(1 - whole[t] / last)
        last = whole[t]
    rng = np.random.default_rng(71)
    x = rng.standard_normal((ROWS, DIM))
    start = x.copy()
    for i in reversed(range(len(KEPT))):
        before = products[i - 1] if i else 1.0
        eps, said = model(x, KEPT[i])
        data = np.sqrt(1 / products[i]) * x - np.sqrt(1 / products[i] - 1) * eps
        if clip:
            data = np.clip(data, -1, 1)
        mean = (betas[i] * np.sqrt(before) * data + (1 - before) * np.sqrt(1 - betas[i]) * x) / (1 - products[i])
        noise = rng.standard_normal((ROWS, DIM))
        if i:
            small = np.log(betas[i] * (1 - before) / (1 - products[i]))
            x = mean + np.exp(0.5 * log_variance(kind, said, small, betas[i])) * noise
        else:
            x = mean
    return start, x


cases = []
for kind in ["learned", "learned-range"]:
    for clip in [False, True]:
        start, end = sample(kind, clip)
        cases.append({"variance": kind, "clip": clip, "start": start.ravel().tolist(), "end": end.ravel().tolist()})
pathlib.Path(__file__).with_name("sampling.json").write_text(
    json.dumps({"tool": f"NumPy {np.__version__}", "timesteps": KEPT[::-1], "cases": cases}, indent=1) + "\n"
)
