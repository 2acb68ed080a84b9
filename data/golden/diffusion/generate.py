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

# Weights: one loop a row, from the definitions
alpha, std = np.sqrt(ab[t]), np.sqrt(1 - ab[t])
snr = ab[t] / (1 - ab[t])
mse = ((x0 - pred) ** 2).mean(axis=1)
importance = np.array([0.5, 1.0, 2.0, 0.25, 1.5, 3.0])
for kind, base in {"eps": np.ones(N), "x0": snr, "v": snr / (snr + 1)}.items():
    for weighting, w in {"snr": base, "min-snr": base * np.minimum(snr, 5) / snr}.items():
        case(f"{weighting} of {kind}", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "t": t}}, parameters={"weighting": weighting, "prediction-type": kind}, measures={"mse": mse.mean(), "loss": (w * mse).mean()}, errors={"loss": se(w * mse)}, rows={"weight": w.tolist(), "loss": (w * mse).tolist()}, relative=3e-12)
case("min-snr, gamma 1.5", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "alpha-bar": ab[t]}}, parameters={"weighting": "min-snr", "gamma": "1.5"}, rows={"weight": (np.minimum(snr, 1.5) / snr).tolist()}, relative=3e-12)
sd = 0.7
for weighting, w in {"soft-min-snr": (sigma * sd) ** 2 / (sigma**2 + sd**2) ** 2, "edm": (sigma**2 + sd**2) / (sigma * sd) ** 2, "sigma-sqrt": sigma**-2.0}.items():
    case(weighting, "denoising-mse", {"rows": {"target": x0, "prediction": pred, "sigma": sigma, "t": t}}, parameters={"weighting": weighting, "sigma-data": str(sd)}, measures={"loss": (w * mse).mean()}, rows={"weight": w.tolist()}, relative=1e-12)
w = 2 / (np.pi * (1 - 2 * time + 2 * time**2))
case("cosmap", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "time": time}}, parameters={"weighting": "cosmap", "process": "flow-data-to-noise"}, rows={"weight": w.tolist(), "loss": (w * mse).tolist()})
case("weights given, half the sum, importance weights", "denoising-mse", {"rows": {"target": x0, "prediction": pred, "weight": w, "importance-weight": importance}}, parameters={"weighting": "given", "reduction": "sum-half"}, measures={"mse": mse.mean(), "loss": (importance * w * mse * D / 2).mean()}, errors={"loss": se(importance * w * mse * D / 2)}, relative=1e-12)

# Loss by timestep; the resampler of improved-diffusion on the same history
steps = np.repeat(np.arange(12), 4)
losses = rng.gamma(4.0, 0.25, 48) * (1 + 1 / (1 + steps))
iw = rng.uniform(0.5, 2, 48)
second = (losses.reshape(12, 4) ** 2).mean(axis=1)
p = np.sqrt(second) / np.sqrt(second).sum() * (1 - 0.001) + 0.001 / 12
case("importance weights, suggested sampling", "loss-by-timestep", {"rows": {"loss": losses, "t": steps, "importance-weight": iw}}, measures={"loss": (iw * losses).mean(), "unweighted-loss": losses.mean(), "second-moment": (losses**2).mean()}, errors={"loss": se(iw * losses)}, arrays={"suggested-sampling": p.tolist()})
# Steps
ts, nxt = np.array([3, 250, 499, 750, 999, 40]), np.array([2, 200, 480, 700, 900, -1])
abt, abn = ab[ts][:, None], np.where(nxt < 0, 1.0, ab[nxt])[:, None]
xt = np.sqrt(abt) * x0 + np.sqrt(1 - abt) * eps
data = {"eps": (xt - np.sqrt(1 - abt) * pred) / np.sqrt(abt), "x0": pred, "v": np.sqrt(abt) * xt - np.sqrt(1 - abt) * pred}
noises = {"eps": pred, "x0": (xt - np.sqrt(abt) * pred) / np.sqrt(1 - abt), "v": np.sqrt(abt) * pred + np.sqrt(1 - abt) * xt}


def dynamic(x, q, top):
    s = torch.quantile(torch.tensor(np.abs(x)), q, dim=1).numpy().clip(1, top)[:, None]
    return np.clip(x, -s, s) / s


posterior = (1 - abn) / (1 - abt) * (1 - abt / abn)
limits = {"none": lambda x: x, "clip": lambda x: np.clip(x, -1.2, 1.2), "dynamic": lambda x: dynamic(x, 0.9, 2.5)}
options = {"none": {}, "clip": {"threshold": "clip", "clip-range": "1.2"}, "dynamic": {"threshold": "dynamic", "dynamic-quantile": "0.9", "dynamic-max": "2.5"}}
for kind in data:
    for limit, f in limits.items():
        for clipped in [False, True]:
            xs = f(data[kind])
            es = (xt - np.sqrt(abt) * xs) / np.sqrt(1 - abt) if clipped else noises[kind]
            for eta in [0.0, 0.7]:
                sd = eta * np.sqrt(posterior)
                value = np.sqrt(abn) * xs + np.sqrt(1 - abn - sd**2) * es + sd * z
                case(f"ddim, {kind}, {limit}, eta {eta}, clipped {clipped}", "ddim-step", {"rows": {"xt": xt, "prediction": pred, "t": ts, "t-next": nxt, "noise": z}}, parameters={"prediction-type": kind, "eta": str(eta), "noise": "given", "eps-from": "clipped" if clipped else "model"} | options[limit], rows={"x-next": value.tolist()}, relative=1e-10, absolute=1e-10)
up = np.array([4, 300, 500, 800, 999, 41])
inverse = np.sqrt(ab[up])[:, None] * data["eps"] + np.sqrt(1 - ab[up])[:, None] * pred
case("inverse ddim", "ddim-step", {"rows": {"xt": xt, "prediction": pred, "t": ts, "t-next": up}}, rows={"x-next": inverse.tolist()}, relative=1e-10, absolute=1e-10)
beta = 1 - abt / abn
c1, c2 = np.sqrt(abn) * beta / (1 - abt), np.sqrt(1 - beta) * (1 - abn) / (1 - abt)
small = np.log(np.maximum(posterior, 1e-20))
vout = rng.uniform(-1, 1, (N, D))
f = (vout + 1) / 2
variances = {"fixed-small": np.maximum(posterior, 1e-20), "fixed-small-log": np.maximum(posterior, 1e-20), "fixed-large": beta, "fixed-large-log": beta, "learned": np.exp(vout), "learned-range": np.exp(f * np.log(beta) + (1 - f) * small), "none": 0 * beta}
for variance, var in variances.items():
    value = c1 * np.clip(data["eps"], -1, 1) + c2 * xt + np.where(nxt[:, None] < 0, 0, np.sqrt(var)) * z
    case(f"ddpm, {variance}", "ddpm-step", {"rows": {"xt": xt, "prediction": pred, "t": ts, "t-next": nxt, "variance-output": vout, "noise": z}}, parameters={"variance": variance, "noise": "given", "threshold": "clip"}, rows={"x-next": value.tolist()}, relative=1e-10, absolute=1e-10)
s0, s1 = np.array([80.0, 10.0, 1.0, 0.5, 0.1, 0.002])[:, None], np.array([70.0, 5.0, 0.9, 0.6, 0.05, 0.0])[:, None]
second = rng.normal(size=(N, D))
d = (xt - pred) / s0
euler = xt + (s1 - s0) * d
roles = {"xt": xt, "prediction": pred, "sigma": s0[:, 0], "sigma-next": s1[:, 0]}
case("euler on a denoiser", "sigma-step", {"rows": roles}, parameters={"prediction-type": "x0"}, rows={"x-next": euler.tolist()}, relative=1e-12, absolute=1e-12)
with np.errstate(all="ignore"):
    heun = np.where(s1 == 0, euler, xt + (s1 - s0) / 2 * (d + (euler - second) / s1))
case("heun on a denoiser", "sigma-step", {"rows": roles | {"prediction-next": second}}, parameters={"prediction-type": "x0", "method": "heun"}, rows={"x-next": heun.tolist()}, relative=1e-11, absolute=1e-11)
flow = {"xt": xt, "prediction": pred, "sigma": np.linspace(1, 0.1, N), "sigma-next": np.linspace(0.9, 0, N)}
case("flow matching: x + (sigma' - sigma) v", "sigma-step", {"rows": flow}, parameters={"prediction-type": "velocity", "path": "straight"}, rows={"x-next": (xt + (flow["sigma-next"] - flow["sigma"])[:, None] * pred).tolist()}, relative=1e-12, absolute=1e-12)
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
