#!/usr/bin/env python3
"""Golden values of the diffusion family by NumPy, SciPy and PyTorch: python3 generate.py."""

import json
import pathlib

import numpy as np
import scipy
import scipy.stats
import torch

rng = np.random.default_rng(20261205)
cases = []


def case(name, objective, sets, **expected):
    sets = {s: {r: np.asarray(v).tolist() for r, v in c.items()} for s, c in sets.items()}
    cases.append({"name": name, "objective": objective, "sets": sets} | expected)


def se(x):
    return float(np.std(x, ddof=1) / np.sqrt(len(x)))


T = 1000
linear = np.linspace(1e-4, 0.02, T)
ab = np.cumprod(1 - linear)
N, D = 6, 19
x0, eps, pred, z = rng.normal(size=(4, N, D))
t = np.array([0, 3, 250, 499, 750, 999])
col = lambda v: np.broadcast_to(np.asarray(v, dtype=float), (N,))[:, None]

# Levels: schedule, process, sigma
levels = {"t": ({"t": t}, {}, np.sqrt(ab[t]), np.sqrt(1 - ab[t]))}
time = np.array([0.01, 0.1, 0.25, 0.5, 0.9, 1.0])
log_alpha = -0.25 * time**2 * 19.9 - 0.05 * time
vp = np.exp(log_alpha)
levels["vp-sde"] = ({"time": time}, {"process": "vp-sde"}, vp, np.sqrt(-np.expm1(2 * log_alpha)))
levels["sub-vp-sde"] = ({"time": time}, {"process": "sub-vp-sde"}, vp, -np.expm1(2 * log_alpha))
levels["ve-sde"] = ({"time": time}, {"process": "ve-sde"}, np.ones(N), 0.01 * 5000**time)
levels["flow-data-to-noise"] = ({"time": time}, {"process": "flow-data-to-noise"}, 1 - time, time)
levels["flow-noise-to-data"] = ({"time": time}, {"process": "flow-noise-to-data"}, time, 1 - time)
sigma = np.array([0.002, 0.1, 1.0, 3.0, 20.0, 80.0])
levels["edm"] = ({"time": sigma}, {"process": "edm"}, np.ones(N), sigma)
levels["sigma"] = ({"sigma": sigma}, {}, np.ones(N), sigma)
levels["alpha-bar"] = ({"alpha-bar": ab[t]}, {}, np.sqrt(ab[t]), np.sqrt(1 - ab[t]))
kinds = lambda a, s, x, e: {"eps": e, "x0": x, "v": a * e - s * x, "score": -e / s, "velocity": e - x, "velocity-to-data": x - e}
for name, (roles, parameters, a, s) in levels.items():
    a, s = col(a), col(s)
    if np.all(s > 0):
        k = kinds(a, s, x0, eps)
        rows = {"xt": a * x0 + s * eps} | {n: k[n].tolist() for n in ["eps", "v", "velocity", "velocity-to-data", "score"]}
    else:
        rows = {"xt": a * x0 + s * eps}
    case(f"noise level by {name}", "noising", {"rows": {"x0": x0, "eps": eps} | roles}, parameters={"noise": "given"} | parameters, rows={k: np.asarray(v).tolist() for k, v in rows.items()}, relative=2e-12, absolute=1e-12)

# Conversions: the prediction is not consistent with x_t's own noise, as a model's is not
a, s = col(np.sqrt(ab[t])), col(np.sqrt(1 - ab[t]))
xt = a * x0 + s * eps
implied = {"eps": lambda m: ((xt - s * m) / a, m), "x0": lambda m: (m, (xt - a * m) / s), "v": lambda m: (a * xt - s * m, s * xt + a * m), "score": lambda m: ((xt + s**2 * m) / a, -s * m), "velocity": lambda m: ((xt - s * m) / (a + s), (xt + a * m) / (a + s)), "velocity-to-data": lambda m: ((xt + s * m) / (a + s), (xt - a * m) / (a + s))}
for source, f in implied.items():
    xs, es = f(pred)
    for target, value in kinds(a, s, xs, es).items():
        case(f"{source} to {target}", "diffusion-conversion", {"rows": {"xt": xt, "prediction": pred, "t": t}}, parameters={"from": source, "to": target}, rows={"converted": value.tolist()}, relative=1e-9, absolute=1e-11)
case("no signal: x0 from v", "diffusion-conversion", {"rows": {"xt": [[0.5, -2.0]], "prediction": [[1.5, 3.0]], "t": [999]}}, parameters={"from": "v", "schedule": "linear-zero-snr"}, rows={"converted": [[-1.5, -3.0]]})

# more below

out = pathlib.Path(__file__).parent / "diffusion.golden.json"
versions = f"numpy {np.__version__}, scipy {scipy.__version__}, torch {torch.__version__}"


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


out.write_text(json.dumps({"tool": versions, "source": "generate.py beside this file", "cases": plain(cases)}) + "\n")
