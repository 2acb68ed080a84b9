#!/usr/bin/env python3
"""Steps of SDEs with state-dependent volatility by NumPy: python3 sde.py. The Langevin drift is transcribed from
TensorFlow Probability (tfp.mcmc.UncalibratedLangevin with volatility_fn, commit c847a41: drift 0.5 vol^2 grad + vol dvol,
step vol sqrt(step_size) noise), which does not run here; its derivative of the volatility is PyTorch's. Milstein's step of
geometric Brownian motion is compared with Kloeden and Platen's equation 10.3.1."""

import json
import pathlib

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(89)
N, D, H = 5, 4, 0.3
x = torch.tensor(rng.normal(size=(N, D)), requires_grad=True)
z = rng.normal(size=(N, D))
dts = rng.uniform(0.01, 0.5, N)
volatility = 0.5 + 0.3 * torch.tanh(x)
slope = torch.autograd.grad(volatility.sum(), x)[0].numpy()
score = torch.autograd.grad((-(x**4) / 4 - x**2).sum(), x)[0].numpy()
start, g = x.detach().numpy(), volatility.detach().numpy()
drift = rng.normal(size=(N, D))
cases = []


def case(name, columns, parameters, after):
    cases.append({"name": name, "objective": "sde-step", "parameters": {"noise": "given"} | parameters, "sets": {"rows": {k: v.tolist() for k, v in ({"x": start, "noise": z} | columns).items()}}, "rows": {"x-next": after.tolist()}})


langevin = start + H * (0.5 * g**2 * score + g * slope) + np.sqrt(H) * g * z
case("Langevin with volatility, TensorFlow Probability", {"score": score, "volatility": g, "volatility-gradient": slope}, {"dt": str(H)}, langevin)
constant = g[:, :1]
case("Langevin with a volatility for the row", {"score": score, "volatility": constant[:, 0]}, {"dt": str(H)}, start + H * 0.5 * constant**2 * score + np.sqrt(H) * constant * z)
span = dts[:, None]
euler = start + span * drift + np.sqrt(span) * g * z
case("Euler and Maruyama, a step for each row", {"drift": drift, "volatility": g, "dt": dts}, {}, euler)
case("Milstein", {"drift": drift, "volatility": g, "volatility-gradient": slope, "dt": dts}, {"method": "milstein"}, euler + 0.5 * g * slope * (span * z**2 - span))
mu, s = 0.4, 0.7
case("Milstein, geometric Brownian motion", {"drift": mu * start, "volatility": s * start, "volatility-gradient": np.full((N, D), s)}, {"method": "milstein", "dt": str(H)}, start * (1 + mu * H + s * np.sqrt(H) * z + 0.5 * s**2 * H * (z**2 - 1)))
(pathlib.Path(__file__).parent / "sde.golden.json").write_text(json.dumps({"tool": f"NumPy {np.__version__}, PyTorch {torch.__version__}", "source": "sde.py", "cases": cases}) + "\n")
