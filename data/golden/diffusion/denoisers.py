#!/usr/bin/env python3
"""Denoisers, sigma ladders and sigmas of timesteps by k-diffusion's code in float64 (see originals.py):
python3 denoisers.py DIFFUSERS K_DIFFUSION."""

import json
import pathlib

import numpy as np
import torch
from originals import K_DIFFUSION, commit, k_diffusion

rng = np.random.default_rng(73)
N, D = 8, 5
sampling, external = k_diffusion("sampling.py"), k_diffusion("external.py")
# Its timesteps go through float32 there.
external.torch.Tensor.float = lambda self: self.double()
draw = lambda: torch.tensor(rng.standard_normal((N, D)))
x0, said, noise = draw(), draw(), draw()
sigma = torch.tensor([0.005, 0.0101, 0.3, 1.0, 4.0, 17.2, 157.0, 400.0])
xt = x0 + noise * sigma[:, None]
products = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), 0)
forms = {
    "v": (external.VDenoiser(None), {}),
    "v-discrete": (external.DiscreteVDDPMDenoiser(None, products, False), {}),
    "v-discrete nearest": (external.DiscreteVDDPMDenoiser(None, products, True), {"timestep": "nearest"}),
    "eps-discrete": (external.DiscreteEpsDDPMDenoiser(None, products, False), {}),
    "eps-discrete nearest": (external.DiscreteEpsDDPMDenoiser(None, products, True), {"timestep": "nearest"}),
}
cases, asked = [], []
for name, (form, parameters) in forms.items():
    def network(x, t):
        asked[:] = [x, t]
        return said

    form.inner_model = network
    form.get_v = network
    denoised = form(xt, sigma)
    scalings = form.get_scalings(sigma)
    skip, out, c_in = scalings if len(scalings) == 3 else (torch.ones(N), *scalings)
    rows = {"model-input": asked[0], "denoised": denoised, "c-skip": skip, "c-out": out, "c-in": c_in, "c-noise": asked[1], "mse": form.loss(x0, noise, sigma)}
    cases.append({"name": f"k-diffusion {name}", "objective": "edm-preconditioning", "parameters": {"denoiser": name.split()[0]} | parameters, "sets": {"rows": {"xt": xt.tolist(), "x0": x0.tolist(), "prediction": said.tolist(), "sigma": sigma.tolist()}}, "rows": {k: v.tolist() for k, v in rows.items()}, "relative": 1e-10, "absolute": 1e-12})

tool, source = f"PyTorch {torch.__version__}", f"k-diffusion {commit(K_DIFFUSION)}, run in float64 by denoisers.py"
here = pathlib.Path(__file__).parent
(here / "denoisers.golden.json").write_text(json.dumps({"tool": tool, "source": source, "cases": cases}) + "\n")
schedule = external.DiscreteSchedule(((1 - products) / products) ** 0.5, False)
ladders = {
    "karras": sampling.get_sigmas_karras(7, 0.02, 50.0, rho=5.0),
    "exponential": sampling.get_sigmas_exponential(7, 0.02, 50.0),
    "polyexponential 1": sampling.get_sigmas_polyexponential(7, 0.02, 50.0),
    "polyexponential 2.5": sampling.get_sigmas_polyexponential(7, 0.02, 50.0, rho=2.5),
    "vp": sampling.get_sigmas_vp(7),
}
times = {"sigmas": schedule.get_sigmas(7), "t": schedule.sigma_to_t(sigma), "nearest": schedule.sigma_to_t(sigma, True), "of": sigma}
(here / "denoisers.json").write_text(json.dumps({"tool": tool, "source": source, "ladders": {k: v.tolist() for k, v in ladders.items()}, "times": {k: v.tolist() for k, v in times.items()}}) + "\n")
